/** What a trial is judged by: named numbers, objectives over them, limits on them. */
import { z } from 'zod';

/** Numbers by name, such as `accuracy`, `macs`, `latencyMs.mali-g76`. */
export type Metrics = Readonly<Record<string, number>>;

export const objectiveSchema = z.strictObject({
  /** The metric that is to be made large or small. */
  name: z.string().min(1),
  direction: z.enum(['maximize', 'minimize']),
});
export type Objective = Readonly<z.output<typeof objectiveSchema>>;

export const constraintSchema = z
  .strictObject({ metric: z.string().min(1), max: z.number().optional(), min: z.number().optional() })
  .refine((c) => c.max !== undefined || c.min !== undefined, { message: 'needs `max` or `min`' });
/** A limit on a metric; both ends are allowed values. */
export interface Constraint {
  readonly metric: string;
  readonly max?: number | undefined;
  readonly min?: number | undefined;
}

/** Values in minimisation: what is to be maximised changes its sign. */
export function costsOf(metrics: Metrics, objectives: readonly Objective[]): Float64Array {
  return Float64Array.from(objectives, (objective) => costOf(metrics, objective) as number);
}

/** A metric in minimisation; undefined when it is not there. */
export function costOf(metrics: Metrics, { name, direction }: Objective): number | undefined {
  const value = metrics[name];
  return direction === 'maximize' && value !== undefined ? -value : value;
}

/** By how much a metric breaks a constraint, in its own units; at most 0 where it is met. */
export function excessOf(value: number, { max = Infinity, min = -Infinity }: Constraint): number {
  return Math.max(value - max, min - value);
}

/** By how much of its limit a metric breaks a constraint; 0 where it is met. */
export function violationOf(value: number, { max, min }: Constraint): number {
  const over = max === undefined ? 0 : (value - max) / (Math.abs(max) || 1);
  const under = min === undefined ? 0 : (min - value) / (Math.abs(min) || 1);
  return Math.max(0, over, under);
}

/** The sum of violations; 0 when every constraint is met. A metric that is not there breaks none. */
export function totalViolation(metrics: Metrics, constraints: readonly Constraint[]): number {
  let total = 0;
  for (const constraint of constraints) {
    const value = metrics[constraint.metric];
    if (value !== undefined) total += violationOf(value, constraint);
  }
  return total;
}
