/** What values a network makes of the images it is calibrated on. */
import { interpret } from '../interpret/index.js';
import type { LoweredGraph } from '../lower/index.js';

/** How a range is chosen from what was seen: all of it, all but its ends, or where the rounding error is least. */
export const calibrationMethods = ['min-max', 'percentile', 'mse'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

export interface Observed {
  /** By value. */
  readonly ranges: readonly (Range | undefined)[];
  /** The mean of each place of the last axis, by value. */
  readonly means: readonly (Float64Array | undefined)[];
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

const bins = 2048;

/** Share of the numbers that a percentile range leaves out at each end. */
const tail = 1e-4;

interface Seen {
  min: number;
  max: number;
  counts: Float64Array | undefined;
  sums: Float64Array;
  rows: number;
}

/** Runs the images through the float graph, twice where a histogram is needed. */
export function observe(
  graph: LoweredGraph,
  images: readonly Float32Array[],
  method: CalibrationMethod,
): Observed {
  const seen: (Seen | undefined)[] = graph.values.map(() => undefined);
  for (const image of images) interpret(graph, image, (id, data) => count(seen, graph, id, data));
  if (method !== 'min-max') {
    for (const entry of seen) if (entry) entry.counts = new Float64Array(bins);
    for (const image of images) interpret(graph, image, (id, data) => fill(seen[id], data));
  }
  return {
    ranges: seen.map((entry) => entry && rangeOf(entry, method)),
    means: seen.map((entry) => entry?.sums.map((sum) => sum / entry.rows)),
  };
}

function count(seen: (Seen | undefined)[], graph: LoweredGraph, id: number, data: Float32Array): undefined {
  const width = graph.values[id]?.shape.at(-1) ?? 1;
  const entry = (seen[id] ??= {
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    counts: undefined,
    sums: new Float64Array(width),
    rows: 0,
  });
  let { min, max } = entry;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
    const c = i % width;
    entry.sums[c] = (entry.sums[c] as number) + value;
  }
  entry.min = min;
  entry.max = max;
  entry.rows += data.length / width;
}

function fill(entry: Seen | undefined, data: Float32Array): undefined {
  if (!entry?.counts) return;
  const { min, max, counts } = entry;
  const scale = bins / Math.max(max - min, 1e-30);
  for (let i = 0; i < data.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(((data[i] as number) - min) * scale));
    counts[bin] = (counts[bin] as number) + 1;
  }
}

function rangeOf({ min, max, counts }: Seen, method: CalibrationMethod): Range {
  if (!counts || !(max > min)) return { min, max };
  return method === 'percentile' ? percentileRange(min, max, counts) : leastErrorRange(min, max, counts);
}

function percentileRange(min: number, max: number, counts: Float64Array): Range {
  const total = counts.reduce((a, b) => a + b, 0);
  const width = (max - min) / bins;
  let [low, below] = [0, 0];
  while (low < bins - 1 && below + (counts[low] as number) <= tail * total) below += counts[low++] as number;
  let [high, above] = [bins - 1, 0];
  while (high > low && above + (counts[high] as number) <= tail * total) above += counts[high--] as number;
  return { min: min + low * width, max: min + (high + 1) * width };
}

/** Of ranges cut at either end, the one whose 8-bit rounding and clipping errs least in squares. */
function leastErrorRange(min: number, max: number, counts: Float64Array): Range {
  const width = (max - min) / bins;
  const errorOf = (low: number, high: number) => {
    const step = (high - low) / 255;
    let error = 0;
    for (let i = 0; i < bins; i++) {
      const n = counts[i] as number;
      if (n === 0) continue;
      const x = min + (i + 0.5) * width;
      const clipped = Math.min(high, Math.max(low, x));
      // Rounding within the range errs by a step / sqrt(12) on average.
      error += n * ((x - clipped) ** 2 + (clipped === x ? (step * step) / 12 : 0));
    }
    return error;
  };
  const shares = Array.from({ length: 31 }, (_, i) => 1 - i / 40);
  let best = { min, max };
  for (const end of ['max', 'min'] as const) {
    const from = best[end];
    const tries = shares.map((share) => ({ ...best, [end]: from * share }));
    // A range holds 0, so only an end beyond it can be cut.
    if (end === 'max' ? from <= 0 : from >= 0) continue;
    const errors = tries.map((range) => errorOf(Math.min(0, range.min), Math.max(0, range.max)));
    best = tries[errors.indexOf(Math.min(...errors))] as Range;
  }
  return best;
}
