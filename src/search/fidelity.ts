/**
 * Several budgets for one candidate: what is hopeless at a small one is not trained to the end. Stopping
 * rule: successive halving by stopping (Li et al., "A System for Massively Parallel Hyperparameter Tuning",
 * MLSys 2020), with non-dominated rank in place of a single value, as in Schmucker et al.,
 * "Multi-objective Asynchronous Successive Halving", 2021.
 */
import { z } from 'zod';
import type { Metrics } from './metrics.js';
import type { Observation } from './sampler.js';
import { selectSurvivors } from './samplers/population.js';

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

/** So few peers say nothing yet. */
const leastPeers = 4;

/**
 * Whether a trial is among the best of its peers at one budget: one in `eta` of them and itself, by
 * violation of outcome constraints, non-dominated rank and crowding. A trial that no peer dominates always
 * goes on: it is on the front at that budget.
 */
export function judge(trial: Observation, peers: readonly Observation[], eta: number): Verdict {
  if (peers.length < leastPeers) return 'continue';
  const all = [...peers, trial];
  const survivors = selectSurvivors(all, all.length);
  const place = survivors.findIndex((r) => r.observation === trial);
  const onFront = survivors[place]?.rank === 0;
  return onFront || place < Math.ceil(all.length / eta) ? 'continue' : 'stop';
}
