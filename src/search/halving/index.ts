/**
 * Successive halving: hopeless trials are stopped at smaller budgets. spec.ts holds the settings. There are
 * two rules, because they are applied at different moments:
 *
 * - A study (judge.ts) answers in `report`: its caller holds a trial that runs, and may have no checkpoint to
 *   wait with. So it compares with trials whose results were in before the trial was asked for (their number
 *   follows from `parallel` and the sampler), and where these say little it continues: with few peers, and
 *   for a trial that none of them dominates.
 * - A run (halving.ts) has a checkpoint at every rung. So trial n waits there, while its worker takes another,
 *   until it is known which of the trials up to n - `lag` reach that rung. Such a trial may be started before
 *   the others have finished: what a study compares with would depend on the number of workers, while `lag`
 *   is a setting of its own. With all of these results exactly the best one in `reductionFactor` continues.
 *
 * Either verdict is fixed by the trial's number, in a study as long as no trial is asked for before `ready`.
 * A restored run or study continues exactly as the unbroken one would have, also one that 0.1.0 began: so
 * neither rule can replace the other.
 */
export { judge } from './judge.js';
export {
  type Fidelity,
  renameHalvingFields,
  runHalvingSchema,
  studyHalvingSchema,
} from './spec.js';
export { type Halving, type HalvingOptions, createHalving } from './halving.js';
