/** How the hypervolume of a run grew with its trials. */
import type { FrontRules } from '../../metrics/index.js';
import { type TrialRow, createHypervolumeMeter } from '../../runs/index.js';

/** The hypervolume after so many finished trials. */
export interface Growth {
  readonly finished: number;
  readonly value: number;
  /** The trial that brought it there. */
  readonly trial: number;
}

/**
 * The steps of the hypervolume over finished trials, in the order in which they were asked for.
 * @param counts whether a trial may be on the front.
 */
export function growthOf(
  rows: readonly TrialRow[],
  rules: FrontRules,
  counts: (row: TrialRow) => boolean = () => true,
): Growth[] {
  const meter = createHypervolumeMeter(rules);
  const steps: Growth[] = [];
  rows.forEach((row, i) => {
    if (counts(row) && meter.add(row) > 0) steps.push({ finished: i + 1, value: meter.value, trial: row.id });
  });
  return steps;
}
