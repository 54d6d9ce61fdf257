/** Who may be on a front, and at which costs: one definition for the study, runs, the dashboard and the report. */
import { type Constraint, meetsAll } from './constraints.js';
import { type MetricReader, type Objective, toCost } from './objectives.js';
import type { Scales } from './scales.js';

/** What makes a front. */
export interface FrontRules {
  readonly objectives: readonly Objective[];
  /** Limits that a member must meet; a metric that a trial does not have breaks none. */
  readonly constraints?: readonly Constraint[] | undefined;
  /** What the hypervolume divides costs by; the front itself does not depend on it. */
  readonly scales: Scales;
}

/**
 * The costs that a complete trial is compared by: its objectives as they were recorded, in minimisation.
 * Undefined where it cannot be a member: it breaks a limit, or lacks an objective.
 *
 * They are not divided by scales: a division rounds, so that two values may become equal or an order be
 * lost, and the front would depend on how the hypervolume is normalised.
 */
export function frontCosts(
  read: MetricReader,
  { objectives, constraints = [] }: Omit<FrontRules, 'scales'>,
): number[] | undefined {
  const costs: number[] = [];
  for (const objective of objectives) {
    const value = read(objective.name);
    if (value === undefined || Number.isNaN(value)) return undefined;
    costs.push(toCost(value, objective));
  }
  return meetsAll(read, constraints) ? costs : undefined;
}
