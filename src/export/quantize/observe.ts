/** What values a network makes of the images it is calibrated on. */
import { interpret } from '../interpret/index.js';
import type { LoweredGraph } from '../lower/index.js';

/** How a range is chosen from what was seen: all of it, all but its ends, or where the rounding error is least. */
export const calibrationMethods = ['min-max', 'percentile', 'mse'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

export interface Observed {
  /** By value, chosen in one way. */
  ranges(method: CalibrationMethod): readonly (Range | undefined)[];
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

/** Values of so many numbers are kept for the histograms; beyond them the images run through the graph twice. */
const mostKept = 2 ** 24;

/** Runs the images through the float graph. Histograms are made when a way asks for them first. */
export function observe(graph: LoweredGraph, images: readonly Float32Array[]): Observed {
  const seen: (Seen | undefined)[] = graph.values.map(() => undefined);
  let kept: [id: number, data: Float32Array][] | undefined = [];
  let numbers = 0;
  for (const image of images) {
    interpret(graph, image, (id, data) => {
      numbers += data.length;
      if (numbers > mostKept) kept = undefined;
      kept?.push([id, data]);
      return count(seen, graph, id, data);
    });
  }
  let filled = false;
  const makeHistograms = () => {
    if (filled) return;
    filled = true;
    for (const entry of seen) if (entry) entry.counts = new Float64Array(bins);
    if (kept) for (const [id, data] of kept) fill(seen[id], data);
    else for (const image of images) interpret(graph, image, (id, data) => fill(seen[id], data));
    kept = undefined;
  };
  return {
    ranges(method) {
      if (method !== 'min-max') makeHistograms();
      return seen.map((entry) => entry && rangeOf(entry, method));
    },
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
  const { sums } = entry;
  for (let begin = 0; begin < data.length; begin += width) {
    for (let c = 0; c < width; c++) {
      const value = data[begin + c] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      sums[c] = (sums[c] as number) + value;
    }
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
    const place = (((data[i] as number) - min) * scale) | 0;
    const bin = place < bins ? place : bins - 1;
    counts[bin] = (counts[bin] as number) + 1;
  }
}

function rangeOf({ min, max, counts }: Seen, method: CalibrationMethod): Range {
  if (method === 'min-max' || !counts || !(max > min)) return { min, max };
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
  const used: number[] = [];
  for (let i = 0; i < bins; i++) if (counts[i] !== 0) used.push(i);
  const errorOf = (low: number, high: number) => {
    const step = (high - low) / 255;
    let error = 0;
    for (const i of used) {
      const n = counts[i] as number;
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
