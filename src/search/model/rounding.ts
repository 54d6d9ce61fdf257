/**
 * Values that should be equal and differ in their last digits, as sums taken in another order and cosines of a right
 * angle do. Unmerged, each is a value of its own and, by a tiny advantage in one objective, a point of the front.
 */

/** Values that lie closer together, as a share of the range of all, differ by rounding. */
const rounding = 1e-9;

/** Whether two values of a range differ by rounding at most. */
export function alike(a: number, b: number, range: number): boolean {
  return Math.abs(a - b) <= rounding * range;
}

/** Makes those of ascending values that differ by rounding alone equal, in place. */
export function mergeRounding(sorted: Float64Array): Float64Array {
  const range = (sorted.at(-1) as number) - (sorted[0] as number);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1] as number;
    if (alike(sorted[i] as number, before, range)) sorted[i] = before;
  }
  return sorted;
}

/** Points of which the costs that differ by rounding alone are equal, objective by objective. */
export function withoutRounding(points: readonly Float64Array[]): Float64Array[] {
  const columns = Array.from(points[0] ?? [], (_, k) => {
    const sorted = Float64Array.from(points, (costs) => costs[k] as number).sort();
    const merged = mergeRounding(sorted.slice());
    return new Map(Array.from(sorted, (value, i) => [value, merged[i] as number]));
  });
  return points.map((costs) => costs.map((cost, k) => columns[k]?.get(cost) as number));
}
