/** How good a front is compared with another, and which of its points to take. All in minimisation. */
import { type Point, paretoFront, weaklyDominates } from './dominance.js';

/**
 * Additive epsilon indicator: the least amount by which every cost of `front` must be lowered to cover
 * `target`; at most 0 when it covers it already. Zitzler et al., "Performance Assessment of
 * Multiobjective Optimizers", IEEE TEVC 2003. Infinite when `front` is empty and `target` is not.
 */
export function epsilonIndicator(front: readonly Point[], target: readonly Point[]): number {
  let worst = -Infinity;
  for (const t of target) {
    let nearest = Infinity;
    for (const p of front) {
      let shift = -Infinity;
      for (let i = 0; i < t.length; i++) shift = Math.max(shift, (p[i] as number) - (t[i] as number));
      nearest = Math.min(nearest, shift);
    }
    worst = Math.max(worst, nearest);
  }
  return worst;
}

/** The share of `b` that some point of `a` covers (Zitzler and Thiele 1999); 0 when `b` is empty. */
export function coverage(a: readonly Point[], b: readonly Point[]): number {
  const covered = b.filter((q) => a.some((p) => weaklyDominates(p, q))).length;
  return b.length === 0 ? 0 : covered / b.length;
}

/**
 * Index of the knee: the front's point farthest, towards the ideal, from the plane through its ends,
 * with every objective scaled to its range on the front (Das, "On characterizing the knee of the Pareto
 * curve", 1999). Scaled so, that is the least sum of costs. Undefined for no points.
 */
export function kneePoint(points: readonly Point[]): number | undefined {
  const front = paretoFront(points);
  const objectives = (points[front[0] ?? 0] ?? []).length;
  const sums = new Map(front.map((i) => [i, 0]));
  for (let k = 0; k < objectives; k++) {
    const costs = front.map((i) => (points[i] as Point)[k] as number);
    const low = Math.min(...costs);
    const range = Math.max(...costs) - low;
    front.forEach((i, place) => {
      const scaled = range > 0 ? ((costs[place] as number) - low) / range : 0;
      sums.set(i, (sums.get(i) as number) + scaled);
    });
  }
  return front.toSorted((a, b) => (sums.get(a) as number) - (sums.get(b) as number) || a - b)[0];
}
