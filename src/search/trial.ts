/** One proposal and what became of it. */
import type { Metrics } from '../metrics/index.js';
import type { Genome, Params } from './space/index.js';

/** Metrics after part of a trial's budget. */
export interface Report {
  readonly step: number;
  readonly values: Metrics;
}

/** What to do with a trial after a report. */
export type Verdict = 'continue' | 'stop';

export type TrialState = 'running' | 'complete' | 'pruned' | 'failed';

/**
 * How a proposal was made. `known`: it was evaluated by an earlier run. `model`: it has the largest acquisition value;
 * `direction`: the largest expected progress in one direction; `doubt`: the largest acquisition value with inflated
 * variance (journals hold these words, so they stay as they are).
 */
export const origins = [
  'queued',
  'known',
  'random',
  'crossover',
  'mutation',
  'local',
  'model',
  'direction',
  'doubt',
  'promotion',
] as const;
export type Origin = (typeof origins)[number];

/** A trial as a study shows it; `P` is its params, `A` the architecture on a space that has one. */
export interface Trial<P = Params, A = unknown> {
  /** 0, 1, 2, ... in the order of asking. */
  readonly id: number;
  readonly genome: Genome;
  readonly params: P;
  /** What the genome stands for, decoded on each reading; the params on a plain space. */
  readonly architecture: A;
  /** Metrics known before the evaluation. */
  readonly known: Metrics;
  /** Metrics given to `tell`, once complete. */
  readonly values: Metrics | undefined;
  /** All of them: those known before the evaluation and, once complete, those given to `tell`. */
  readonly metrics: Metrics;
  readonly state: TrialState;
  /** Why it failed or was pruned. */
  readonly reason: string | undefined;
  /** Ids of the trials it was bred from. */
  readonly parents: readonly number[];
  readonly origin: Origin;
  /** The budget it is to be evaluated with; undefined where the study has no `fidelity`. */
  readonly budget: number | undefined;
  /** The place of that budget among the study's; 0 where it has none. A promotion's parent is one rung below. */
  readonly rung: number;
  /** What was reported on the way, by step. */
  readonly reports: readonly Report[];
  /** The seed for its evaluation: a function of the study's seed and the id. */
  readonly seed: string;
  /** The trial as a journal holds it: `JSON.stringify(study.trials)` is what `restore` takes, once it is parsed. */
  toJSON(): TrialRecord;
}

/** A trial as a journal holds it; what `restore` takes. */
export interface TrialRecord {
  readonly id: number;
  readonly genome: ArrayLike<number>;
  readonly known?: Metrics | undefined;
  /** Metrics given to `tell`; of a pruned trial the estimate. */
  readonly values?: Metrics | undefined;
  readonly state: TrialState;
  readonly reason?: string | undefined;
  readonly parents?: readonly number[] | undefined;
  readonly origin?: Origin | undefined;
  readonly rung?: number | undefined;
  readonly reports?: readonly Report[] | undefined;
}

/** What an evaluation gave: metrics by name, or why there are none. */
export type TrialResult =
  | Metrics
  | { readonly failed: string; readonly pruned?: undefined }
  | {
      readonly pruned: string;
      /** What it would have come to, as far as is known: samplers learn from it, no front holds it. */
      readonly estimate?: Metrics | undefined;
      readonly failed?: undefined;
    };
