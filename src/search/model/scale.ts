/**
 * From a metric's units to what a Gaussian process can model, and back. Accuracies have a long tail of
 * failures and latencies a long tail of slow networks; a process that takes them as they are spends its
 * variance on the tail. So values are made near normal first: by a power (Yeo and Johnson, "A new family
 * of power transformations", Biometrika 2000; used for search by Cowen-Rivers et al., "HEBO", JAIR 2022),
 * or by the mean of that and the normal scores of their ranks, which spreads a crowded top.
 */
import { bisect } from '../../base/index.js';
import { normalQuantile } from './normal.js';
import { alike, mergeRounding } from './rounding.js';

/** A monotone map, linear between knots and beyond the last ones. */
export interface Scale {
  to(value: number): number;
  from(scaled: number): number;
  /** Where it bends, ascending, in the metric's units. */
  readonly knots: readonly number[];
  /** How many of the values are at the first knot. The more, the likelier it is that nothing is below it. */
  readonly ties: number;
}

/** How many of a scale's values are at a value, where that is the least of them; elsewhere 1. */
export function tiesAt({ knots, ties }: Scale, value: number): number {
  const [least = Number.NaN] = knots;
  return alike(value, least, (knots.at(-1) ?? least) - least) ? ties : 1;
}

/** As many knots at most: each costs time whenever an expectation is taken. */
const mostKnots = 48;

/** The kinds of scale that `chooseScale` may take. */
export const scaleKinds = ['blended', 'power', 'linear'] as const;
export type ScaleKind = (typeof scaleKinds)[number];

/** Makes a scale for values of which at least one is given. */
export function createScale(kind: ScaleKind, values: readonly number[]): Scale {
  if (kind === 'linear') return linearScale(values);
  const sorted = mergeRounding(Float64Array.from(values).sort());
  const distinct = [...new Set(sorted)];
  if (distinct.length < 4) return linearScale(values);
  const ties = sorted.filter((value) => value === sorted[0]).length;
  const power = powerScores(sorted, distinct);
  if (kind === 'power') return throughKnots(distinct, power, ties);
  const ranks = rankScores(sorted, distinct);
  return throughKnots(
    distinct,
    power.map((score, i) => (score + (ranks[i] as number)) / 2),
    ties,
  );
}

/** Mean 0 and deviation 1. */
function linearScale(values: readonly number[]): Scale {
  const { mean, deviation } = momentsOf(values);
  return {
    knots: [],
    ties: 1,
    to: (value) => (value - mean) / deviation,
    from: (scaled) => mean + deviation * scaled,
  };
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) || 1;
  return { mean, deviation };
}

/** Normal scores of the ranks; equal values share the middle of theirs. */
function rankScores(sorted: Float64Array, distinct: readonly number[]): number[] {
  let first = 0;
  return distinct.map((value) => {
    let end = first;
    while (end < sorted.length && sorted[end] === value) end++;
    const score = normalQuantile((first + end) / 2 / sorted.length);
    first = end;
    return score;
  });
}

/** The power that makes the values most probable as a normal sample, drawn a little towards 1. */
function powerScores(sorted: Float64Array, distinct: readonly number[]): number[] {
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
  const middle = at(0.5);
  const width = (at(0.84) - at(0.16)) / 2 || momentsOf(distinct).deviation;
  const z = sorted.map((value) => (value - middle) / width);
  let most = -Infinity;
  let power = 1;
  for (let step = -30; step <= 50; step++) {
    const lambda = step / 10;
    const { deviation } = momentsOf([...z].map((v) => yeoJohnson(v, lambda)));
    let likelihood = -z.length * Math.log(deviation) - 0.25 * (lambda - 1) ** 2;
    for (const v of z) likelihood += (lambda - 1) * Math.sign(v) * Math.log1p(Math.abs(v));
    if (likelihood > most) {
      most = likelihood;
      power = lambda;
    }
  }
  const { mean, deviation } = momentsOf([...z].map((v) => yeoJohnson(v, power)));
  return distinct.map((value) => (yeoJohnson((value - middle) / width, power) - mean) / deviation);
}

function yeoJohnson(v: number, lambda: number): number {
  const power = v < 0 ? 2 - lambda : lambda;
  const size = Math.abs(v);
  const bent = Math.abs(power) < 1e-9 ? Math.log1p(size) : ((1 + size) ** power - 1) / power;
  return v < 0 ? -bent : bent;
}

/** The share of the knots at an end whose slope continues beyond it. */
const endShare = 0.1;

function throughKnots(allValues: readonly number[], allScores: readonly number[], ties: number): Scale {
  const n = Math.min(mostKnots, allValues.length);
  const thin = (all: readonly number[]) =>
    Array.from({ length: n }, (_, i) => all[Math.round((i * (all.length - 1)) / (n - 1))] as number);
  const values = thin(allValues);
  const scores = thin(allScores);
  const reach = Math.max(1, Math.round(n * endShare));
  const slopeOf = (a: number, b: number) =>
    ((scores[b] as number) - (scores[a] as number)) / ((values[b] as number) - (values[a] as number));
  const low = slopeOf(0, reach);
  const high = slopeOf(n - 1 - reach, n - 1);
  const read = (
    xs: readonly number[],
    ys: readonly number[],
    x: number,
    below: number,
    above: number,
  ): number => {
    if (x <= (xs[0] as number)) return (ys[0] as number) + (x - (xs[0] as number)) * below;
    if (x >= (xs[n - 1] as number)) return (ys[n - 1] as number) + (x - (xs[n - 1] as number)) * above;
    const right = bisect(n, (place) => (xs[place] as number) <= x);
    const left = right - 1;
    const share = (x - (xs[left] as number)) / ((xs[right] as number) - (xs[left] as number));
    return (ys[left] as number) + share * ((ys[right] as number) - (ys[left] as number));
  };
  return {
    knots: values,
    ties,
    to: (value) => read(values, scores, value, low, high),
    from: (scaled) => read(scores, values, scaled, 1 / low, 1 / high),
  };
}
