/** What a sampler is given, and what it must give. */
import type { Random } from '../base/index.js';
import type { Candidate, Candidates } from './candidates.js';
import type { Metrics } from '../metrics/index.js';
import type { Genome, Space } from './space/index.js';
import type { Origin } from './trial.js';

/** A complete trial, or a pruned one by its estimate, as a sampler sees it. */
export interface Observation {
  readonly id: number;
  readonly genome: Genome;
  readonly origin: Origin;
  /** Its metrics: those known before the evaluation and those that it gave. */
  readonly values: Metrics;
  /** Objective values in minimisation. */
  readonly costs: Float64Array;
  /** By how much it breaks each outcome constraint, in the metric's units; at most 0 where it is met. */
  readonly excess: Float64Array;
  /** Sum of the relative violations of outcome constraints; 0 when it meets them all. */
  readonly violation: number;
  /** Place of its budget among those of the study; 0 where there is one budget only. */
  readonly rung: number;
}

/** The results so far, absorbed in the order of ids. */
export interface History {
  /** Complete trials, and pruned ones with an estimate, with `first` <= id < `end`, by id. */
  between(first: number, end: number): readonly Observation[];
}

export interface SamplerContext {
  readonly space: Space<unknown>;
  readonly objectives: number;
  /** How many constraints are on metrics that only an evaluation gives. */
  readonly outcomeConstraints: number;
  /** The cost of a candidate in an objective that is known before the evaluation; else undefined. */
  knownCost(known: Metrics, objective: number): number | undefined;
  readonly candidates: Candidates;
  readonly history: History;
  /** How many trials run at once. */
  readonly parallel: number;
  /** How many trials the user means to spend, where known. */
  readonly trials: number | undefined;
  /** Whether a key was proposed by a trial with an id below `before`. */
  taken(key: string, before: number): boolean;
  /** Genomes of the trials with `first` <= id < `end`, whatever became of them. */
  proposed(first: number, end: number): readonly Genome[];
  /** Whether a trial with an id below `before` continues this one at a larger budget. */
  promoted(id: number, before: number): boolean;
  /** The rungs, where the study has several budgets. */
  readonly fidelity: { readonly rungs: readonly number[]; readonly reductionFactor: number } | undefined;
  /** The stream for a label: the same whenever it is asked for. */
  random(label: string): Random;
  /** A random new feasible candidate for trial `id`; undefined when the space is exhausted. */
  fresh(random: Random, id: number): Candidate | undefined;
}

export interface Proposal {
  readonly candidate: Candidate;
  readonly origin: Origin;
  readonly parents: readonly number[];
  /** Which budget, by its place; the full one where it is left out. */
  readonly rung?: number | undefined;
}

/**
 * A sampler proposes trial after trial.
 *
 * The contract: `propose(id, horizon)` depends on nothing but the seed, the proposals of trials below
 * `id` and the results of trials below `horizon`. A sampler may cache what it derived from those, never
 * anything else: a study that is restored from its journal must continue to the bit. It proposes feasible
 * candidates that no trial below `id` has, except for promotions of one of them to a larger budget.
 */
export interface Sampler {
  /** Of how many first trials the results must be in before trial `id` is determined; at most `id`. */
  needs(id: number): number;
  /** The proposal for trial `id`; undefined when nothing new is left. */
  propose(id: number, horizon: number): Proposal | undefined;
}

/**
 * How a sampler of your own is made; `createStudy` and `search` take one. It is called at the start, and
 * again when a limit or the number of trials is changed.
 */
export type SamplerFactory = (context: SamplerContext) => Sampler;
