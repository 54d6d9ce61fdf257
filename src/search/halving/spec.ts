/**
 * The settings of successive halving, in the same words for a study and for a run. A *rung* is a budget at
 * which trials are compared, in units of the evaluator's own, such as training steps; of those that reach
 * it, one in *reduction factor* continues. A study lists the whole budget as its last rung; in a run the
 * evaluator has its own number of steps, which is the last rung and is not listed.
 */
import { z } from 'zod';

/** The budgets of a study's trials. */
export const studyHalvingSchema = z.strictObject({
  rungs: z
    .array(z.number().positive())
    .min(1)
    .refine((rungs) => rungs.every((rung, i) => i === 0 || rung > (rungs[i - 1] as number)), {
      message: 'must be ascending',
    })
    .describe('Ascending budgets; the last is the whole budget.'),
  reductionFactor: z
    .number()
    .min(1.5)
    .default(3)
    .describe('At each rung the best one in this many continues.'),
});
/** Budgets of trials; see `StudyOptions.fidelity`. */
export interface Fidelity {
  /** Ascending; the last is the whole budget. */
  readonly rungs: readonly number[];
  /** At each rung the best one in so many continues. Default 3. */
  readonly reductionFactor?: number | undefined;
}

/** The training budgets of a run's trials: hopeless trials are stopped at the small ones. */
export const runHalvingSchema = z.strictObject({
  rungs: z
    .array(z.number().int().positive())
    .min(1)
    .describe("Steps after which trials are compared; the evaluator's own steps are the last rung."),
  reductionFactor: z
    .number()
    .gt(1)
    .max(16)
    .default(3)
    .describe('At each rung the best one in this many continues.'),
  lag: z
    .number()
    .int()
    .positive()
    .max(1000)
    .default(4)
    .describe('A trial is compared with those up to this many before it, so that more may run at once.'),
});

/** What fields were called in 0.1.0. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['budgets', 'rungs'],
  ['eta', 'reductionFactor'],
  ['reduction', 'reductionFactor'],
]);

/**
 * Settings of halving with field names of 0.1.0 replaced by today's; anything else unchanged. A field that
 * is given by two names keeps both, so that its schema refuses the old one.
 */
export function renameHalvingFields(settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return settings;
  const names = Object.keys(settings);
  const today = names.map((name) => renamed.get(name) ?? name);
  const isDouble = (name: string) => today.indexOf(name) !== today.lastIndexOf(name);
  return Object.fromEntries(
    Object.entries(settings).map(([name, value], i) => {
      const now = today[i] as string;
      return [isDouble(now) ? name : now, value];
    }),
  );
}
