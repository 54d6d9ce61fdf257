/**
 * Expected hypervolume improvement of independent normal beliefs, exactly: the space that a front leaves
 * undominated is cut into boxes, and in each box the expectation is a product over objectives.
 * Emmerich, Deutz and Klinkenberg, "Hypervolume-based expected improvement", CEC 2011; boxes as in Yang et
 * al., "Efficient computation of expected hypervolume improvement", JOGO 2019.
 */
import { type Point, paretoFront } from '../../pareto/index.js';
import type { Belief } from './gaussian-process.js';

/** Boxes by objective: box i reaches from levels[k][lower[k][i]] to levels[k][upper[k][i]]. */
export interface Boxes {
  readonly count: number;
  /** Distinct coordinates of each objective, ascending, from -Infinity. */
  readonly levels: readonly Float64Array[];
  readonly lower: readonly Int32Array[];
  readonly upper: readonly Int32Array[];
}

type Box = readonly [lower: readonly number[], upper: readonly number[]];

/** Cuts what `points` leave undominated below `reference` into disjoint boxes. */
export function cutBoxes(points: readonly Point[], reference: Point): Boxes {
  const objectives = reference.length;
  const inside = points.filter((p) => Array.from(p).every((c, k) => c < (reference[k] as number)));
  const front = paretoFront(inside).map((i) => Array.from(inside[i] as Point));
  const boxes = cut(front, Array.from(reference));
  const levels = Array.from({ length: objectives }, (_, k) => {
    const all = boxes.flatMap(([lower, upper]) => [lower[k] as number, upper[k] as number]);
    return Float64Array.from(new Set(all)).sort();
  });
  const places = (side: 0 | 1) =>
    levels.map((values, k) => {
      const index = new Map(Array.from(values, (value, i) => [value, i]));
      return Int32Array.from(boxes, (box) => index.get(box[side][k] as number) as number);
    });
  return { count: boxes.length, levels, lower: places(0), upper: places(1) };
}

/**
 * A sweep along the last objective: below it, the cut of one objective less changes as point after point
 * comes in, and a box that stays from one step to the next grows in the last objective.
 */
function cut(front: readonly (readonly number[])[], reference: readonly number[]): Box[] {
  const last = reference.length - 1;
  const end = reference[last] as number;
  const head = reference.slice(0, last);
  if (last === 0) {
    const best = front.reduce((least, p) => Math.min(least, p[0] as number), end);
    return [[[-Infinity], [best]]];
  }
  const closed: Box[] = [];
  let open = new Map<string, { box: Box; from: number }>();
  const step = (active: readonly (readonly number[])[], at: number) => {
    const next: typeof open = new Map();
    for (const box of cut(active, head)) {
      const key = box.join('|');
      next.set(key, open.get(key) ?? { box, from: at });
    }
    for (const [key, { box, from }] of open) {
      if (!next.has(key) && at > from)
        closed.push([
          [...box[0], from],
          [...box[1], at],
        ]);
    }
    open = next;
  };
  const sorted = front.toSorted((a, b) => (a[last] as number) - (b[last] as number));
  step([], -Infinity);
  let active: (readonly number[])[] = [];
  for (const p of sorted) {
    active = [...active.filter((q) => q.some((c, k) => k < last && c < (p[k] as number))), p];
    step(active, p[last] as number);
  }
  for (const { box, from } of open.values())
    if (end > from)
      closed.push([
        [...box[0], from],
        [...box[1], end],
      ]);
  return closed;
}

/** The expected gain in hypervolume. A deviation of 0 is a value that is known. */
export function createImprovement(boxes: Boxes): (beliefs: readonly Belief[]) => number {
  const { count, levels, lower, upper } = boxes;
  const moments = levels.map((values) => new Float64Array(values.length));
  return (beliefs) => {
    for (let k = 0; k < levels.length; k++) {
      const { mean, deviation } = beliefs[k] as Belief;
      const values = levels[k] as Float64Array;
      const out = moments[k] as Float64Array;
      for (let i = 0; i < values.length; i++) out[i] = partialMoment((values[i] as number) - mean, deviation);
    }
    let total = 0;
    for (let i = 0; i < count; i++) {
      let volume = 1;
      for (let k = 0; k < levels.length && volume > 0; k++) {
        const out = moments[k] as Float64Array;
        volume *= (out[upper[k]?.[i] as number] as number) - (out[lower[k]?.[i] as number] as number);
      }
      total += volume;
    }
    return total;
  };
}

/** E[max(0, gap - deviation * z)] for a standard normal z. */
function partialMoment(gap: number, deviation: number): number {
  if (gap === -Infinity) return 0;
  if (deviation === 0) return Math.max(0, gap);
  const t = gap / deviation;
  // Far out the sum below cancels; the asymptotic series keeps what little there is.
  if (t < -5) return (deviation * normalPdf(t) * (1 - 3 / (t * t) + 15 / t ** 4)) / (t * t);
  return deviation * (t * normalCdf(t) + normalPdf(t));
}

const normalPdf = (t: number) => Math.exp(-0.5 * t * t) * 0.3989422804014327;

/** The standard normal's distribution function; absolute error below 7.5e-8 (Abramowitz and Stegun 26.2.17). */
export function normalCdf(t: number): number {
  const k = 1 / (1 + 0.2316419 * Math.abs(t));
  const tail =
    normalPdf(t) *
    k *
    (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  return t > 0 ? 1 - tail : tail;
}
