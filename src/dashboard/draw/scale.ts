/** Axes: the range of values, where the ticks go, and from a value to a place on the plot. */
import { significant } from '../../base/index.js';

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
}

/** A scale over the values, a little wider than they are; over [0, 1] when there are none. */
export function scaleOver(values: Iterable<number>, log = false, margin = 0.04): Scale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return log ? { min: 0.1, max: 10, log } : { min: 0, max: 1, log };
  if (log) {
    const room = Math.max((max / min) ** margin, 1.02);
    return { min: min / room, max: max * room, log };
  }
  const size = Math.max(Math.abs(min), Math.abs(max));
  // Values that differ by rounding alone are one value: no ticks fit between them.
  const differ = max - min > Math.max(size * 1e-9, 1e-12);
  const room = differ ? (max - min) * margin : Math.max(size * 0.1, 1e-9);
  return { min: min - room, max: max + room, log };
}

/** A linear scale over shares, such as accuracies: it does not go beyond 0 and 1 where the values do not. */
export function shareScaleOver(values: Iterable<number>, margin?: number): Scale {
  const all = [...values];
  const { min, max, log } = scaleOver(all, false, margin);
  const within = all.every((value) => !(value < 0 || value > 1));
  return within ? { min: Math.max(0, min), max: Math.min(1, max), log } : { min, max, log };
}

/** Where a value lies between the ends: 0 at `min`, 1 at `max`; NaN where a log axis has no place for it. */
export function position(scale: Scale, value: number): number {
  return positions(scale)(value);
}

/** `position` on one scale, for 100,000 values. */
export function positions({ min, max, log }: Scale): (value: number) => number {
  const from = log ? Math.log(min) : min;
  const size = log ? Math.log(max) - from : max - min;
  return log
    ? (value) => (value > 0 ? (Math.log(value) - from) / size : Number.NaN)
    : (value) => (value - from) / size;
}

/** The value at a place from 0 to 1: the inverse of `position`. */
export function valueAt(scale: Scale, place: number): number {
  return scale.log
    ? scale.min * (scale.max / scale.min) ** place
    : scale.min + (scale.max - scale.min) * place;
}

/** Round values within the scale, at most about `count` of them, in rising order. */
export function ticks(scale: Scale, count: number): number[] {
  if (count < 1) return [];
  if (scale.log && scale.max / scale.min > 3) return logTicks(scale, count);
  const raw = (scale.max - scale.min) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999) ?? 10 * power;
  const first = Math.ceil(scale.min / step - 1e-9);
  const last = Math.floor(scale.max / step + 1e-9);
  // Multiples, not sums: adding a step up drifts away from round values.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => tidy((first + i) * step));
}

/** The smallest distance between neighbours among rising values; NaN where there are no two. */
export function gapOf(values: readonly number[]): number {
  const gaps = values.slice(1).map((value, i) => value - (values[i] as number));
  return gaps.length === 0 ? Number.NaN : Math.min(...gaps);
}

/** A number with as many decimals as it takes to distinguish it from the next one at a distance of `gap`. */
export function formatApart(value: number, gap: number): string {
  const decimals = Math.ceil(-Math.log10(gap) - 1e-9);
  return Number.isFinite(decimals) ? value.toFixed(Math.min(12, Math.max(0, decimals))) : significant(value);
}

function logTicks(scale: Scale, count: number): number[] {
  const from = Math.floor(Math.log10(scale.min));
  const to = Math.ceil(Math.log10(scale.max));
  let coarsest: number[] = [];
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    const all: number[] = [];
    for (let power = from; power <= to; power++) all.push(...digits.map((d) => tidy(d * 10 ** power)));
    const inside = all.filter((v) => v >= scale.min && v <= scale.max);
    if (inside.length <= count) return inside.length > 0 ? inside : coarsest;
    coarsest = inside;
  }
  return coarsest;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
