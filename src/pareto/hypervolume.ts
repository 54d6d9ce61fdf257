/**
 * Exact hypervolume: the volume that a set of points dominates, up to a reference point, in
 * minimisation. Points that do not beat the reference in every coordinate add nothing.
 */
import { lowerBound } from '../base/index.js';
import { type Point, weaklyDominates } from './dominance.js';

const at = (point: Point, i: number) => point[i] as number;

/**
 * The hypervolume of `points` up to `reference`.
 * - 1 objective: the best point's distance; 2: a sweep, n log n.
 * - 3: Fonseca, Paquete and Lopez-Ibanez (CEC 2006): a sweep along the third objective over the
 *   staircase of the first two, n log n comparisons.
 * - more: WFG (While, Bradstreet and Barone, IEEE TEVC 2012), sorted so that each limit set loses an
 *   objective and the recursion ends in the 3-objective sweep.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  return volume(points, reference, reference.length);
}

/** The hypervolume in the first `n` objectives. */
function volume(points: readonly Point[], reference: Point, n: number): number {
  const inside = points.filter((p) => {
    for (let i = 0; i < n; i++) if (!(at(p, i) < at(reference, i))) return false;
    return true;
  });
  if (inside.length === 0) return 0;
  if (n === 1) return at(reference, 0) - inside.reduce((best, p) => Math.min(best, at(p, 0)), Infinity);
  if (n === 2) return area(inside, reference);
  if (n === 3) return sweep(inside, reference);
  return wfg(inside, reference, n);
}

/** Two objectives: strips between the steps of the staircase. */
function area(points: readonly Point[], reference: Point): number {
  // A typed array sorts natively; each x then finds its place by bisection, which beats a comparator.
  const xs = new Float64Array(points.length);
  for (let i = 0; i < points.length; i++) xs[i] = at(points[i] as Point, 0);
  xs.sort();
  const lowest = new Float64Array(xs.length).fill(Infinity);
  for (const p of points) {
    const place = lowerBound(xs, at(p, 0));
    const y = at(p, 1);
    if (y < (lowest[place] as number)) lowest[place] = y;
  }
  const right = at(reference, 0);
  let total = 0;
  let top = at(reference, 1);
  for (let i = 0; i < xs.length; i++) {
    const y = lowest[i] as number;
    if (y < top) {
      total += (right - (xs[i] as number)) * (top - y);
      top = y;
    }
  }
  return total;
}

/** Three objectives: slabs along the third, each as thick as the step to the next point. */
function sweep(points: readonly Point[], reference: Point): number {
  const sorted = points.toSorted((a, b) => at(a, 2) - at(b, 2));
  const steps = createStaircase(at(reference, 0), at(reference, 1), sorted.length);
  let total = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = sorted[i] as Point;
    steps.add(at(p, 0), at(p, 1));
    const next = i + 1 < sorted.length ? at(sorted[i + 1] as Point, 2) : at(reference, 2);
    total += steps.area() * (next - at(p, 2));
  }
  return total;
}

/** The non-dominated points of two objectives, x ascending and y descending, and the area under them. */
function createStaircase(referenceX: number, referenceY: number, capacity: number) {
  // Sorted arrays: an insertion moves memory, which up to 10^5 points is faster than a tree.
  const xs = new Float64Array(capacity);
  const ys = new Float64Array(capacity);
  let length = 0;
  let total = 0;
  return {
    area: () => total,
    add(x: number, y: number): void {
      const place = lowerBound(xs, x, length);
      let height = place > 0 ? (ys[place - 1] as number) : referenceY;
      if (height <= y || (place < length && xs[place] === x && (ys[place] as number) <= y)) return;
      let end = place;
      let left = x;
      for (; end < length && (ys[end] as number) >= y; end++) {
        total += ((xs[end] as number) - left) * (height - y);
        left = xs[end] as number;
        height = ys[end] as number;
      }
      total += ((end < length ? (xs[end] as number) : referenceX) - left) * (height - y);
      xs.copyWithin(place + 1, end, length);
      ys.copyWithin(place + 1, end, length);
      xs[place] = x;
      ys[place] = y;
      length += place + 1 - end;
    },
  };
}

/** Four objectives and more: the sum of exclusive volumes, the worst in the last objective first. */
function wfg(points: readonly Point[], reference: Point, n: number): number {
  const last = n - 1;
  const sorted = points.toSorted((a, b) => at(b, last) - at(a, last));
  let total = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = sorted[i] as Point;
    // The rest are better in the last objective, so there every clipped point equals p.
    const slab = at(reference, last) - at(p, last);
    total += slab * exclusive(p, sorted.slice(i + 1), reference, last);
  }
  return total;
}

/**
 * The volume, in the first `n` objectives, that `p` dominates and none of `others` does.
 * @returns 0 when one of them covers `p`.
 */
export function exclusive(p: Point, others: readonly Point[], reference: Point, n: number): number {
  let box = 1;
  for (let i = 0; i < n; i++) box *= Math.max(0, at(reference, i) - at(p, i));
  if (box === 0 || others.length === 0) return box;
  const clipped = others.map((q) => Float64Array.from({ length: n }, (_, i) => Math.max(at(p, i), at(q, i))));
  return Math.max(0, box - volume(withoutCovered(clipped), reference, n));
}

/** Drops points that another covers. Quadratic, which pays where a recursion follows. */
function withoutCovered(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const p of points) {
    if (kept.some((q) => weaklyDominates(q, p))) continue;
    let write = 0;
    for (const q of kept) if (!weaklyDominates(p, q)) kept[write++] = q;
    kept.length = write;
    kept.push(p);
  }
  return kept;
}
