/** The front of a run and its hypervolume, as its trials come in. */
import {
  type Constraint,
  type FrontRules,
  createNormalizedHypervolume,
  frontCosts,
  limitConstraints,
  meetsAll,
  pointOf as normalizedPoint,
} from '../metrics/index.js';
import { createFront } from '../pareto/index.js';
import type { RunContents } from './contents.js';
import { type TrialRow, metricOf } from './rows/index.js';

/** What the front and the hypervolume need of a trial. */
export type Measured = Pick<TrialRow, 'id' | 'known' | 'values' | 'state'>;

/** Whether a trial keeps every limit. */
export function meetsConstraints(
  row: Pick<Measured, 'known' | 'values'>,
  { constraints = [] }: Pick<FrontRules, 'constraints'>,
): boolean {
  return meetsAll((metric) => metricOf(row, metric), constraints);
}

/** The rules of a run, with the limits that are in force: one may have been tightened while it ran. */
export function rulesOf({
  manifest,
  config,
  references,
}: Pick<RunContents, 'manifest' | 'config' | 'references'>): FrontRules & {
  readonly constraints: readonly Constraint[];
} {
  const { objectives, constraints = [] } = manifest;
  return {
    objectives,
    constraints: [...constraints, ...limitConstraints(config)],
    scales: references.scales,
  };
}

/** A trial's objectives in minimisation, each from 0 to 1 where it counts. */
export function pointOf(
  row: Pick<Measured, 'known' | 'values'>,
  { objectives, scales }: FrontRules,
): number[] {
  return normalizedPoint((metric) => metricOf(row, metric), objectives, scales);
}

/** What a trial is compared by on the front; undefined for one that cannot be a member. */
export function costsOfRow(
  row: Pick<Measured, 'known' | 'values' | 'state'>,
  rules: Omit<FrontRules, 'scales'>,
): number[] | undefined {
  return row.state === 'complete' ? frontCosts((metric) => metricOf(row, metric), rules) : undefined;
}

/** A front of trials that grows. */
export interface RunFrontier<T extends Measured> {
  /** Takes a trial. Returns whether it is on the front. */
  add(row: T): boolean;
  readonly size: number;
  /** The complete trials that keep every limit and that no other dominates, by id; equals are all there. */
  members(): T[];
}

/** An empty front. */
export function createRunFrontier<T extends Measured>(rules: FrontRules): RunFrontier<T> {
  const front = createFront<T>(rules.objectives.length);
  return {
    add(row) {
      const costs = costsOfRow(row, rules);
      return costs !== undefined && front.add(row, costs) !== undefined;
    },
    get size() {
      return front.size;
    },
    members: () => front.members().toSorted((a, b) => a.id - b.id),
  };
}

/** The front of trials that are all there. */
export function frontOf<T extends Measured>(rows: readonly T[], rules: FrontRules): T[] {
  const front = createRunFrontier<T>(rules);
  for (const row of rows) front.add(row);
  return front.members();
}

/** The hypervolume of a run as its trials come in. */
export interface HypervolumeMeter {
  /** Takes a trial; one that cannot be on the front changes nothing. Returns by how much the value grew. */
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
    add: (row) => (costsOfRow(row, rules) ? archive.add(pointOf(row, rules)) : 0),
    get value() {
      return archive.value;
    },
  };
}
