/** One trial as a run's readers see it. */
import type { CurvePoint } from '../../base/index.js';

/** `interrupted`: it was running when the run ended; it runs again when the run is resumed. */
export type RowState = 'running' | 'complete' | 'pruned' | 'failed' | 'interrupted';

/** A trial as a run's readers see it. */
export interface TrialRow {
  readonly id: number;
  /** Choice indices in the run's space. */
  readonly genome: Uint8Array;
  readonly origin: string;
  readonly parents: readonly number[];
  /** Metrics known before it was evaluated, by name. */
  readonly known: Readonly<Record<string, number>>;
  /** Metrics found by evaluating it. */
  readonly values: Readonly<Record<string, number>>;
  readonly state: RowState;
  /** Why it failed or was pruned. */
  readonly reason: string | undefined;
  /** Whether it failed for no fault of its own; a resumed run tries it again. */
  readonly fault: 'machine' | undefined;
  /** Milliseconds since 1970, by the writer's clock, which may jump. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** How long its evaluation took. */
  readonly seconds: number | undefined;
  readonly worker: number | undefined;
  /** Progress while it runs; steps is 0 before the first report. */
  readonly step: number;
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
  /** The rungs it has reached, where it was evaluated in parts. */
  readonly rungs: readonly RungRow[];
  /** Accuracy of its weights in simulated 8-bit integers and in floats, where that was measured after the search. */
  readonly precisions?: Precisions | undefined;
  /** What a pruned trial would have come to, as the sampler received it. */
  readonly estimate: Readonly<Record<string, number>> | undefined;
}

/** Accuracy of the same weights in floats, and in simulated 8-bit integers. */
export interface Precisions {
  readonly float: number;
  readonly int8: number;
}

/** What a trial had at the end of a part of its evaluation. */
export interface RungRow {
  /** Steps done in all. */
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
}
