/**
 * Several budgets for one candidate: what is hopeless at a small one is not trained to the end.
 */
import { z } from 'zod';
import type { Metrics } from '../../metrics/index.js';

export const fidelitySchema = z.strictObject({
  /** Ascending, in units of the evaluator's own, such as training steps; the last is the full budget. */
  budgets: z
    .array(z.number().positive())
    .min(1)
    .refine((budgets) => budgets.every((b, i) => i === 0 || b > (budgets[i - 1] as number)), {
      message: 'must be ascending',
    }),
  /** One in so many goes on at each budget. */
  eta: z.number().min(1.5).default(3),
});
/** Budgets of trials; see `StudyOptions.fidelity`. */
export interface Fidelity {
  readonly budgets: readonly number[];
  readonly eta?: number | undefined;
}

/** Metrics after part of a trial's budget. */
export interface Report {
  readonly step: number;
  readonly values: Metrics;
}

/** What to do with a trial after a report. */
export type Verdict = 'continue' | 'stop';
