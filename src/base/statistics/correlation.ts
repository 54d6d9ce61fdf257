/** How similarly two lists order the same things: 1 for the same order, -1 for the reverse. */
import { InternalError } from '../errors.js';
import { ranks } from './ranks.js';

type Correlation = (a: readonly number[], b: readonly number[]) => number | undefined;

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, where equal values share the mean of theirs
 * (Spearman, "The proof and measurement of association between two things", 1904).
 * @returns undefined for fewer than two pairs or a constant list; NaN where a value is NaN.
 */
export const spearman: Correlation = (a, b) => {
  if (!comparable(a, b)) return Number.NaN;
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((rank, i) => {
    const [dx, dy] = [rank - middle, (y[i] as number) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
};

/**
 * Kendall's tau-b: the pairs in the same order less those in the opposite one, over the geometric mean of the
 * pairs that each list does not tie (Kendall, "The treatment of ties in ranking problems", 1945).
 * Takes time in the square of the length.
 * @returns undefined for fewer than two pairs or a constant list; NaN where a value is NaN.
 */
export const kendall: Correlation = (a, b) => {
  if (!comparable(a, b)) return Number.NaN;
  let [agreeing, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const x = orderOf(a[i] as number, a[j] as number);
      const y = orderOf(b[i] as number, b[j] as number);
      agreeing += x * y;
      untiedA += x * x;
      untiedB += y * y;
    }
  }
  return untiedA > 0 && untiedB > 0 ? agreeing / Math.sqrt(untiedA * untiedB) : undefined;
};

/** As the sign of their difference, which infinities do not have. */
const orderOf = (x: number, y: number): number => Number(x > y) - Number(x < y);

/** Whether no value is NaN: a NaN has no place in an order. */
function comparable(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) throw new InternalError(`a correlation of ${a.length} with ${b.length} values`);
  return !a.some(Number.isNaN) && !b.some(Number.isNaN);
}
