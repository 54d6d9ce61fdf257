/** Costs between 0 and 1, as the normalised hypervolume has them. */
import { InternalError } from '../base/index.js';
import { type HypervolumeArchive, createHypervolume } from '../pareto/index.js';
import type { Constraint } from './constraints.js';
import type { MetricReader, Metrics, Objective } from './objectives.js';

/** What counts as 1, by objective; 1 itself for an objective that is not listed, such as accuracy. */
export type Scales = Readonly<Record<string, number>>;

/**
 * What each objective but accuracy is divided by: what the user says, else the limit of what is
 * minimised, else the largest reference model's value.
 */
export function scalesOf(
  objectives: readonly Objective[],
  given: Scales,
  constraints: readonly Constraint[],
  references: readonly Metrics[],
): Record<string, number> {
  const limitOf = new Map(constraints.map(({ metric, max }) => [metric, max]));
  const largest = (name: string) => Math.max(...references.map((values) => values[name] ?? 0));
  const scaleOf = ({ name, direction }: Objective) =>
    given[name] ?? (direction === 'minimize' ? limitOf.get(name) : undefined) ?? largest(name);
  const scales = objectives
    .filter(({ name }) => name !== 'accuracy')
    .map((objective) => [objective.name, scaleOf(objective)] as const)
    .filter(([, scale]) => scale > 0);
  return Object.fromEntries(scales);
}

/** One scale for several runs: the largest of theirs, by metric. */
export function sharedScales(metrics: readonly string[], scales: readonly Scales[]): Record<string, number> {
  return Object.fromEntries(metrics.map((name) => [name, Math.max(...scales.map((own) => own[name] ?? 1))]));
}

/**
 * A trial's objectives in minimisation, each from 0 to 1 where it counts: what is maximised as 1 minus
 * its share of the scale, the others as their share.
 */
export function pointOf(read: MetricReader, objectives: readonly Objective[], scales: Scales): number[] {
  return objectives.map(({ name, direction }) => {
    const value = read(name);
    if (value === undefined) throw new InternalError(`a trial on the front has no ${name}`);
    const scaled = value / (scales[name] ?? 1);
    return direction === 'maximize' ? 1 - scaled : scaled;
  });
}

/** The hypervolume of such points: reference point accuracy 0, costs at their scale. */
export const createNormalizedHypervolume = (objectives: readonly Objective[]): HypervolumeArchive =>
  createHypervolume(objectives.map(() => 1));
