/**
 * Pareto dominance among points in *minimisation*: every coordinate is a cost, smaller is better.
 * Coordinates are numbers other than NaN, which callers reject at their border; infinities are allowed.
 */
import { bisect } from '../base/index.js';

/** A point: one cost a coordinate. */
export type Point = ArrayLike<number>;

const at = (point: Point, i: number) => point[i] as number;

/** Whether `a` is nowhere worse than `b` and better somewhere. */
export function dominates(a: Point, b: Point): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if (at(a, i) > at(b, i)) return false;
    if (at(a, i) < at(b, i)) better = true;
  }
  return better;
}

/** Whether `a` is nowhere worse than `b`; equal points cover each other. */
export function weaklyDominates(a: Point, b: Point): boolean {
  for (let i = 0; i < a.length; i++) if (at(a, i) > at(b, i)) return false;
  return true;
}

/** Indices of the points in lexicographic order: no point comes before one that dominates it. */
function lexicographic(points: readonly Point[]): number[] {
  const order = points.map((_, i) => i);
  return order.sort((i, j) => {
    const a = points[i] as Point;
    const b = points[j] as Point;
    for (let k = 0; k < a.length; k++) if (at(a, k) !== at(b, k)) return at(a, k) - at(b, k);
    return i - j;
  });
}

/**
 * Whether a member of `front` dominates `p`, when the front was filled in lexicographic order.
 * With two objectives its last member has the smallest second coordinate, so it alone decides.
 */
function frontDominates(points: readonly Point[], front: readonly number[], p: Point): boolean {
  const first = p.length === 2 ? Math.max(0, front.length - 1) : 0;
  for (let i = front.length - 1; i >= first; i--) {
    if (dominates(points[front[i] as number] as Point, p)) return true;
  }
  return false;
}

/** Indices, ascending, of the points that no other dominates; equal points all stay. */
export function paretoFront(points: readonly Point[]): number[] {
  const front: number[] = [];
  for (const i of lexicographic(points)) {
    if (!frontDominates(points, front, points[i] as Point)) front.push(i);
  }
  return front.sort((a, b) => a - b);
}

/**
 * Fronts of indices, best first; front k is what is non-dominated once fronts 0 to k-1 are gone.
 * Zhang, Tian, Cheng and Jin, "An Efficient Approach to Nondominated Sorting" (ENS-BS), IEEE TEVC 2015:
 * in lexicographic order a point goes to the first front without a dominator, found by bisection.
 * n log n with two objectives.
 */
export function nonDominatedSort(points: readonly Point[]): number[][] {
  const fronts: number[][] = [];
  for (const i of lexicographic(points)) {
    const p = points[i] as Point;
    const front = fronts[bisect(fronts.length, (k) => frontDominates(points, fronts[k] as number[], p))];
    if (front) front.push(i);
    else fronts.push([i]);
  }
  return fronts;
}

/**
 * Crowding distance of each of `indices` among themselves, in their order: the side lengths of the box
 * between a point's neighbours, each divided by the range of its objective; ends are infinite.
 * Deb, Pratap, Agarwal and Meyarivan, "NSGA-II", IEEE TEVC 2002, section III-B.
 */
export function crowdingDistance(points: readonly Point[], indices: readonly number[]): number[] {
  const distance = new Array<number>(indices.length).fill(0);
  const objectives = (points[indices[0] ?? 0] ?? []).length;
  const value = (place: number, k: number) => at(points[indices[place] as number] as Point, k);
  for (let k = 0; k < objectives; k++) {
    const places = indices.map((_, place) => place).sort((a, b) => value(a, k) - value(b, k) || a - b);
    const first = places[0] as number;
    const last = places[places.length - 1] as number;
    const range = value(last, k) - value(first, k);
    distance[first] = Infinity;
    distance[last] = Infinity;
    if (!(range > 0)) continue;
    for (let i = 1; i < places.length - 1; i++) {
      const gap = value(places[i + 1] as number, k) - value(places[i - 1] as number, k);
      distance[places[i] as number] = (distance[places[i] as number] as number) + gap / range;
    }
  }
  return distance;
}
