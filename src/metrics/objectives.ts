/** What a trial is judged by: named numbers, each maximised or minimised. */
import { z } from 'zod';

/** Numbers by name, such as `accuracy`, `macs`, `latencyMs.mali-g76`. */
export type Metrics = Readonly<Record<string, number>>;

/** Returns a metric of one trial; undefined where the trial does not have it. */
export type MetricReader = (name: string) => number | undefined;

export const objectiveSchema = z.strictObject({
  /** The metric that is maximised or minimised. */
  name: z.string().min(1).max(4096),
  direction: z.enum(['maximize', 'minimize']),
});
export type Objective = Readonly<z.output<typeof objectiveSchema>>;

/** The direction of a metric that is named as it is: accuracy is maximised, everything else is a cost. */
export const directionOf = (name: string): Objective['direction'] =>
  name === 'accuracy' ? 'maximize' : 'minimize';

/** A value in minimisation: what is to be maximised changes its sign. */
export const toCost = (value: number, { direction }: Pick<Objective, 'direction'>): number =>
  direction === 'maximize' ? -value : value;

/** A metric in minimisation; undefined when it is not there. */
export function costOf(metrics: Metrics, objective: Objective): number | undefined {
  const value = metrics[objective.name];
  return value === undefined ? undefined : toCost(value, objective);
}

/** Metrics in minimisation, one cost an objective; every objective must be there. */
export function costsOf(metrics: Metrics, objectives: readonly Objective[]): Float64Array {
  return Float64Array.from(objectives, (objective) => costOf(metrics, objective) as number);
}
