/** What a study offers: ask, tell, report, and the front. */
import type { Constraint, Metrics, Objective } from '../../metrics/index.js';
import type { Params, Space } from '../space/index.js';
import type { TrialResult, Trial, TrialRecord, Verdict } from '../trial.js';

/** A running search. Not safe for use from several threads; any number of trials may run at once. */
export interface Study<P = Params, A = unknown> {
  readonly space: Space<unknown>;
  readonly objectives: readonly Objective[];
  readonly seed: string;
  /** Every trial, by id. */
  readonly trials: readonly Trial<P, A>[];
  /** Whether the results are in that determine the next trial. */
  ready(): boolean;
  /** The next trial. @throws MixnasError `exhausted` when every feasible point was proposed. */
  ask(): Trial<P, A>;
  /** The next `count` trials; fewer when the space ends, `exhausted` when not even one is left. */
  ask(count: number): Trial<P, A>[];
  /**
   * Reports a trial: its metrics, or why there are none.
   * @throws MixnasError `bad-usage` for an unknown or finished trial, a metric that is missing, NaN or
   * infinite; the trial then stays running, and `tell` may be called again (with a failure, say).
   */
  tell(id: number, result: TrialResult): Trial<P, A>;
  /**
   * Reports a running trial's metrics after part of its budget, steps ascending, and returns whether to
   * continue. At each of the study's rungs but the last, a trial that is not among the best of those before
   * it is to be stopped: `tell` it `{ pruned: reason }` then. Without `fidelity` the answer is `continue`.
   * @throws MixnasError `bad-usage` as `tell` does.
   */
  report(id: number, step: number, values: Metrics): Verdict;
  /** Restores the trials of a journal, before the first ask. Results of those still running can be given later. */
  restore(records: readonly TrialRecord[]): void;
  /**
   * Queues a point, which is tried before any new proposal of the sampler.
   * @throws MixnasError `bad-usage` when it lies outside the space, breaks a limit, or was proposed already;
   *   nothing is changed then.
   */
  enqueue(point: P | A): void;
  /**
   * Tightens the upper limit of a metric. Trials beyond it leave the front, and the sampler continues as one
   * that was made with this limit, so that a restored study with the same limit continues bit for bit.
   * @throws MixnasError `bad-usage` when it is not tighter or the metric is not known before an evaluation,
   *   `infeasible` when nothing in the space meets it; nothing is changed then.
   */
  limit(metric: string, max: number): void;
  /** Changes how many trials are meant to be spent; as with `limit`, a restored study with the same number continues bit for bit. */
  plan(trials: number): void;
  /**
   * The complete trials that meet every constraint and that no other dominates, by id. With several
   * budgets, only trials of the largest one reached count, here and in `best`: others do not compare.
   */
  front(): Trial<P, A>[];
  /**
   * The best complete trial by the first objective (then the second, ...) that meets the study's
   * constraints and these.
   */
  best(constraints?: readonly Constraint[]): Trial<P, A> | undefined;
  /** The hypervolume of the front up to a reference value for every objective, in their own units. */
  hypervolume(reference: Metrics): number;
}
