/** The front of a run and its hypervolume: one definition for the search, the dashboard and the report. */
import {
  type Constraint,
  type Objective,
  type Scales,
  createNormalizedHypervolume,
  limitConstraints,
  meetsAll,
  pointOf as normalizedPoint,
} from '../metrics/index.js';
import { paretoFront } from '../pareto/index.js';
import type { RunContents } from './contents.js';
import { type TrialRow, metricOf } from './trial-row.js';

/** What the front and the hypervolume need of a trial. */
export type Measured = Pick<TrialRow, 'id' | 'known' | 'values' | 'state'>;

/** What the front and the hypervolume need of a run. */
export interface FrontRules {
  readonly objectives: readonly Objective[];
  readonly scales: Scales;
  /** Limits that a member must meet; a metric that a trial does not have breaks none. */
  readonly constraints?: readonly Constraint[] | undefined;
}

/** Whether a trial keeps every limit. */
export function meetsConstraints(
  row: Pick<Measured, 'known' | 'values'>,
  { constraints = [] }: FrontRules,
): boolean {
  return meetsAll((metric) => metricOf(row, metric), constraints);
}

/** The rules of a run, with the limits that are in force: one may have been tightened while it ran. */
export function rulesOf({
  manifest,
  config,
  landmarks,
}: Pick<RunContents, 'manifest' | 'config' | 'landmarks'>): FrontRules & {
  readonly constraints: readonly Constraint[];
} {
  const { objectives, constraints = [] } = manifest;
  return {
    objectives,
    constraints: [...constraints, ...limitConstraints(config)],
    scales: landmarks.scales,
  };
}

/** A trial's objectives in minimisation, each from 0 to 1 where it counts. */
export function pointOf(row: Measured, { objectives, scales }: FrontRules): number[] {
  return normalizedPoint((metric) => metricOf(row, metric), objectives, scales);
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
  const archive = createNormalizedHypervolume(rules.objectives);
  return {
    add: (row) => (counts(row, rules) ? archive.add(pointOf(row, rules)) : 0),
    get value() {
      return archive.value;
    },
  };
}
