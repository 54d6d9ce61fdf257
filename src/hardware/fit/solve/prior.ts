/** Non-negative least squares of relative errors with a prior: a term costs some usual amount, compared with another. */
import { median } from '../../../base/index.js';
import { nonNegativeLeastSquares } from './nnls.js';

interface Expected {
  /** What a unit costs, in units of the first term. */
  readonly usual: number;
  /** Whether nothing does without it: it then costs at least a share of what is usual. */
  readonly sure: boolean;
}

/** Relative deviation that is expected of the networks. */
const noise = 0.025;
/** All other work takes about this much of the time of the first term. */
const others = 0.4;

/**
 * @param amounts of each network's terms; the first one is what the others are compared with.
 * @param timesUs of the networks.
 * @param trust how many times its usual cost a term may be: the standard deviation of the prior.
 * @param leastShare of the usual cost, what a sure term costs at least.
 * @returns what a unit of each term costs in µs, none negative.
 */
export function fitWithPrior(
  amounts: readonly (readonly number[])[],
  timesUs: readonly number[],
  terms: readonly Expected[],
  trust: number,
  leastShare: number,
): number[] {
  const rows = amounts.map((row, i) => row.map((amount) => amount / (timesUs[i] as number)));
  const typical = median(rows.map(([first]) => 1 / ((1 + others) * (first as number))));
  const least = terms.map(({ usual, sure }, i) => (sure && i > 0 ? leastShare * usual * typical : 0));
  const prior = terms.slice(1).map(({ usual }, i) => {
    const weight = noise / (trust * usual * typical);
    return terms.map((_, j) => (j === 0 ? -weight * usual : j === i + 1 ? weight : 0));
  });
  const all = [...rows, ...prior];
  // What is above the least.
  const target = all.map((row, i) => {
    const sum = row.reduce((total, value, j) => total + value * (least[j] as number), 0);
    return (i < rows.length ? 1 : 0) - sum;
  });
  return nonNegativeLeastSquares(all, target).map((cost, j) => cost + (least[j] as number));
}
