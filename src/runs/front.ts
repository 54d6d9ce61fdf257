/** The front of a run and its hypervolume: one definition for the search, the dashboard and the report. */
import { InternalError } from '../base/index.js';
import { createHypervolume, paretoFront } from '../pareto/index.js';
import type { Landmarks, RunObjective } from './contents.js';
import { type TrialRow, metricOf } from './trial-row.js';

/** What the front and the hypervolume need of a trial. */
export type Measured = Pick<TrialRow, 'id' | 'known' | 'values' | 'state'>;

/** What the front and the hypervolume need of a run. */
export interface FrontRules {
  readonly objectives: readonly RunObjective[];
  readonly scales: Landmarks['scales'];
}

/** Whether a trial keeps to upper limits, by metric. */
export function withinLimits(row: Measured, limits: Readonly<Record<string, number>>): boolean {
  return Object.entries(limits).every(([metric, max]) => !((metricOf(row, metric) ?? 0) > max));
}

/**
 * A trial's objectives as a point in minimisation, each from 0 to 1 where it counts: accuracy (and
 * whatever else is made large) as 1 - value, the others divided by their scale.
 */
export function pointOf(row: Measured, { objectives, scales }: FrontRules): number[] {
  return objectives.map(({ name, direction }) => {
    const value = metricOf(row, name);
    if (value === undefined) throw new InternalError(`trial ${row.id} has no ${name}`);
    return direction === 'maximize' ? 1 - value : value / (scales[name] ?? 1);
  });
}

/** The complete trials that no other dominates, by id. */
export function frontOf<T extends Measured>(rows: readonly T[], rules: FrontRules): T[] {
  const complete = rows.filter((row) => row.state === 'complete');
  return paretoFront(complete.map((row) => pointOf(row, rules)))
    .map((i) => complete[i] as T)
    .sort((a, b) => a.id - b.id);
}

/** The hypervolume of a run as its trials come in. */
export interface HypervolumeMeter {
  /** Takes a trial; one that is not complete changes nothing. Returns by how much the value grew. */
  add(row: Measured): number;
  /** From 0 to 1. */
  readonly value: number;
}

/**
 * The normalised hypervolume: accuracy from 0 to 1, each latency (or other cost) divided by its limit, or
 * by the largest reference model's where there is none; reference point accuracy 0, costs 1.
 */
export function createHypervolumeMeter(rules: FrontRules): HypervolumeMeter {
  const archive = createHypervolume(rules.objectives.map(() => 1));
  return {
    add: (row) => (row.state === 'complete' ? archive.add(pointOf(row, rules)) : 0),
    get value() {
      return archive.value;
    },
  };
}
