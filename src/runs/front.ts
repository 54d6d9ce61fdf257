/** The front of a run and its hypervolume: one definition for the search, the dashboard and the report. */
import { InternalError } from '../base/index.js';
import { limitedMetric } from '../metrics/index.js';
import { createHypervolume, paretoFront } from '../pareto/index.js';
import type { Landmarks, RunConstraint, RunContents, RunObjective, StoredConfig } from './contents.js';
import { type TrialRow, metricOf } from './trial-row.js';

/** What the front and the hypervolume need of a trial. */
export type Measured = Pick<TrialRow, 'id' | 'known' | 'values' | 'state'>;

/** What the front and the hypervolume need of a run. */
export interface FrontRules {
  readonly objectives: readonly RunObjective[];
  readonly scales: Landmarks['scales'];
  /** Limits that a member must meet; a metric that a trial does not have breaks none. */
  readonly constraints?: readonly Readonly<RunConstraint>[] | undefined;
}

/** Whether a trial keeps every limit. */
export function meetsConstraints(
  row: Pick<Measured, 'known' | 'values'>,
  { constraints = [] }: FrontRules,
): boolean {
  return constraints.every(({ metric, max = Number.POSITIVE_INFINITY, min = Number.NEGATIVE_INFINITY }) => {
    const value = metricOf(row, metric);
    return value === undefined || (value <= max && value >= min);
  });
}

/** The upper limits of a config, by metric. */
export function limitsOf(config: Pick<StoredConfig, 'limits' | 'robust'>): Record<string, number> {
  const { latencyMs, macs, params, peakMemoryBytes } = config.limits;
  const bounds = Object.entries(latencyMs).map(([name, limit]) => [limitedMetric(config, name), limit]);
  const others = Object.entries({ macs, params, peakMemoryBytes });
  return Object.fromEntries([...bounds, ...others].filter(([, limit]) => limit !== undefined));
}

/** The rules of a run, with the limits that are in force: one may have been tightened while it ran. */
export function rulesOf({
  manifest,
  config,
  landmarks,
}: Pick<RunContents, 'manifest' | 'config' | 'landmarks'>): FrontRules & {
  readonly constraints: readonly Readonly<RunConstraint>[];
} {
  const { objectives, constraints = [] } = manifest;
  const limits = Object.entries(limitsOf(config)).map(([metric, max]) => ({ metric, max }));
  return { objectives, constraints: [...constraints, ...limits], scales: landmarks.scales };
}

/**
 * A trial's objectives as a point in minimisation, each from 0 to 1 where it counts: accuracy (and
 * whatever else is made large) as 1 - value; all but accuracy divided by their scale.
 */
export function pointOf(row: Measured, { objectives, scales }: FrontRules): number[] {
  return objectives.map(({ name, direction }) => {
    const value = metricOf(row, name);
    if (value === undefined) throw new InternalError(`trial ${row.id} has no ${name}`);
    const scaled = value / (scales[name] ?? 1);
    return direction === 'maximize' ? 1 - scaled : scaled;
  });
}

const counts = (row: Measured, rules: FrontRules) => row.state === 'complete' && meetsConstraints(row, rules);

/** The complete trials that keep every limit and that no other dominates, by id. */
export function frontOf<T extends Measured>(rows: readonly T[], rules: FrontRules): T[] {
  const complete = rows.filter((row) => counts(row, rules));
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
    add: (row) => (counts(row, rules) ? archive.add(pointOf(row, rules)) : 0),
    get value() {
      return archive.value;
    },
  };
}
