/**
 * Expected hypervolume improvement of independent normal posteriors, exactly: the space that a front leaves
 * undominated is cut into boxes, and in each box the expectation is a product over objectives.
 * Emmerich, Deutz and Klinkenberg, "Hypervolume-based expected improvement", CEC 2011; boxes as in Yang et
 * al., "Efficient computation of expected hypervolume improvement", JOGO 2019.
 */
import { type Point, paretoFront } from '../../pareto/index.js';
import type { Posterior } from './gaussian-process.js';
import { cdfFrom, normalCdf, normalPdf } from './normal.js';
import { type Scale, tiesAt } from './scale.js';

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
  // Coordinates as small integers: writing down fractions would take most of the time.
  const idOf = new Map<number, number>();
  const keyOf = ([lower, upper]: Box): string => {
    let key = '';
    for (const side of [lower, upper]) {
      for (const value of side) {
        const id = idOf.get(value) ?? idOf.size;
        idOf.set(value, id);
        key += `${id} `;
      }
    }
    return key;
  };
  const closed: Box[] = [];
  let open = new Map<string, { box: Box; from: number }>();
  const step = (active: readonly (readonly number[])[], at: number) => {
    const next: typeof open = new Map();
    for (const box of cut(active, head)) {
      const key = keyOf(box);
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

/** The places at which one objective's expectation is taken apart: levels, and bends of its scale between. */
interface Nodes {
  readonly values: Float64Array;
  /** Scaled values. */
  readonly scores: Float64Array;
  /** For each finite level its node. */
  readonly places: Int32Array;
  /** Units of the metric in a unit of the scale, below the first node: fewer where that may be a floor. */
  readonly below: number;
}

function layNodes(levels: Float64Array, scale: Scale): Nodes {
  const finite = levels.filter((level) => level > -Infinity);
  const last = finite[finite.length - 1] as number;
  const values = Float64Array.from(new Set([...finite, ...scale.knots.filter((knot) => knot < last)])).sort();
  const index = new Map(Array.from(values, (value, i) => [value, i]));
  const first = values[0] as number;
  const score = scale.to(first);
  return {
    values,
    scores: values.map((value) => scale.to(value)),
    places: Int32Array.from(finite, (level) => index.get(level) as number),
    below: (first - scale.from(score - 1)) / tiesAt(scale, first),
  };
}

/**
 * The expected hypervolume improvement. A deviation of 0 is a value that is known.
 * @param scales where given, the posterior of that objective is one of the scaled value; the gain is still
 * measured in the metric's own units. With F the distribution of the cost, a box's side is the integral of
 * F over it, in which F is a normal distribution of something linear between two bends.
 */
export function createImprovement(
  boxes: Boxes,
  scales: readonly (Scale | undefined)[] = [],
): (posteriors: readonly Posterior[]) => number {
  const { count, levels, lower, upper } = boxes;
  const moments = levels.map((values) => new Float64Array(values.length));
  const nodes = levels.map((values, k) => {
    const scale = scales[k];
    return scale && values.length > 0 ? layNodes(values, scale) : undefined;
  });
  return (posteriors) => {
    for (let k = 0; k < levels.length; k++) {
      const posterior = posteriors[k] as Posterior;
      const values = levels[k] as Float64Array;
      const out = moments[k] as Float64Array;
      const laid = nodes[k];
      if (laid) integrate(laid, posterior, out);
      else for (let i = 0; i < values.length; i++) out[i] = partialMoment(values[i] as number, posterior);
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

/** E[max(0, level - cost)] for every level, ascending; where there is a level of -Infinity, it is first. */
function integrate(
  { values, scores, places, below }: Nodes,
  { mean, deviation }: Posterior,
  out: Float64Array,
): void {
  const skip = out.length - places.length;
  if (skip > 0) out[0] = 0;
  let before = ((scores[0] as number) - mean) / deviation;
  let rampBefore = ramp(before);
  let sum = below * deviation * rampBefore;
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) {
      const t = ((scores[i] as number) - mean) / deviation;
      const width = (values[i] as number) - (values[i - 1] as number);
      const rampHere = ramp(t);
      if (t - before > 1e-9) sum += (width * (rampHere - rampBefore)) / (t - before);
      else sum += width * normalCdf(t);
      before = t;
      rampBefore = rampHere;
    }
    if (places[next] === i) out[skip + next++] = sum;
  }
}

/** E[max(0, t - z)] for a standard normal z. */
export function ramp(t: number): number {
  if (t > 8) return t;
  // Far out the sum below cancels; the asymptotic series keeps what little there is.
  if (t < -5) return t < -38 ? 0 : (normalPdf(t) * (1 - 3 / (t * t) + 15 / t ** 4)) / (t * t);
  const density = normalPdf(t);
  return t * cdfFrom(t, density) + density;
}

/** E[max(0, level - cost)]. */
function partialMoment(level: number, { mean, deviation }: Posterior): number {
  if (level === -Infinity) return 0;
  if (deviation === 0) return Math.max(0, level - mean);
  return deviation * ramp((level - mean) / deviation);
}
