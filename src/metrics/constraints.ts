/** Limits on metrics, and by how much one is broken. */
import { z } from 'zod';
import { MixnasError } from '../base/index.js';
import { type SizeMetric, isSizeMetric, limitedMetric, memoryMetric } from './names.js';
import type { MetricReader, Metrics } from './objectives.js';

export const constraintSchema = z
  .strictObject({
    metric: z.string().min(1).max(4096),
    max: z.number().optional(),
    min: z.number().optional(),
  })
  .refine((c) => c.max !== undefined || c.min !== undefined, { message: 'needs `max` or `min`' });
/** A limit on a metric; both ends are allowed values. */
export interface Constraint {
  readonly metric: string;
  readonly max?: number | undefined;
  readonly min?: number | undefined;
}

/**
 * Checks that each limit can be met: numbers, and no least value above the greatest of the same metric.
 * @param where the function that was called, for the message.
 * @throws MixnasError `bad-usage` that names the metric and both values.
 */
export function checkBounds(where: string, constraints: readonly Constraint[]): void {
  const bounds = new Map<string, { min: number; max: number }>();
  for (const { metric, min = -Infinity, max = Infinity } of constraints) {
    for (const value of [min, max]) {
      if (typeof value === 'number' && !Number.isNaN(value)) continue;
      throw new MixnasError(
        'bad-usage',
        `${where}: the limit on ${metric} is ${String(value)}, not a number.`,
      );
    }
    const known = bounds.get(metric) ?? { min: -Infinity, max: Infinity };
    const both = { min: Math.max(known.min, min), max: Math.min(known.max, max) };
    if (both.min > both.max) {
      throw new MixnasError(
        'bad-usage',
        `${where}: ${metric} cannot be at least ${both.min} and at most ${both.max}.`,
        { remedy: 'Exchange `min` and `max`, or leave one of them out.' },
      );
    }
    bounds.set(metric, both);
  }
}

/** The two ends of a limit. */
export type Bounds = Pick<Constraint, 'max' | 'min'>;

/** Whether a value lies within a limit. */
export const isWithin = (value: number, { max = Infinity, min = -Infinity }: Bounds): boolean =>
  value <= max && value >= min;

/** Whether a trial meets every constraint. A metric that is not there breaks none. */
export function meetsAll(read: MetricReader, constraints: readonly Constraint[]): boolean {
  return constraints.every((constraint) => {
    const value = read(constraint.metric);
    return value === undefined || isWithin(value, constraint);
  });
}

/** By how much a metric breaks a constraint, in its own units; at most 0 where it is met. */
export function excessOf(value: number, { max = Infinity, min = -Infinity }: Bounds): number {
  return Math.max(value - max, min - value);
}

/** By how much of its limit a metric breaks a constraint; 0 where it is met. */
export function violationOf(value: number, { max, min }: Bounds): number {
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

/** The part of a config that says how large costs may be. */
export interface Limits {
  readonly robust?: boolean | undefined;
  readonly limits: Readonly<Partial<Record<SizeMetric, number | undefined>>> & {
    /** By device. */
    readonly latencyMs: Readonly<Record<string, number>>;
    readonly memoryBytes?: Readonly<Record<string, number>> | undefined;
  };
}

/** An upper limit on a metric. */
export interface UpperLimit {
  readonly metric: string;
  readonly max: number;
}

/** The limits of a config as constraints, in the order in which it lists them, latencies first. */
export function limitConstraints({ limits, robust }: Limits): UpperLimit[] {
  const { latencyMs, memoryBytes = {}, ...others } = limits;
  return [
    ...Object.entries(latencyMs).map(([device, max]) => ({ metric: limitedMetric({ robust }, device), max })),
    ...Object.entries(memoryBytes).map(([device, max]) => ({ metric: memoryMetric(device), max })),
    ...Object.entries(others).flatMap(([metric, max]) =>
      isSizeMetric(metric) && max !== undefined ? [{ metric, max }] : [],
    ),
  ];
}
