/** Bootstrap intervals. */
import { createRandom } from '../../src/base/index.js';

export interface Interval {
  readonly value: number;
  /** The middle 95 % of the resampled values. */
  readonly low: number;
  readonly high: number;
}

/**
 * A statistic of `count` items with its percentile bootstrap interval.
 * @param statistic of the items with these indices, some more than once.
 */
export function bootstrap(
  count: number,
  statistic: (indices: readonly number[]) => number,
  { resamples = 10_000, seed = 'bootstrap' } = {},
): Interval {
  const random = createRandom(seed);
  const values = Array.from({ length: resamples }, () =>
    statistic(Array.from({ length: count }, () => random.int(count))),
  )
    .filter(Number.isFinite)
    .toSorted((x, y) => x - y);
  const at = (share: number) => values[Math.round(share * (values.length - 1))] as number;
  const value = statistic(Array.from({ length: count }, (_, i) => i));
  return { value, low: at(0.025), high: at(0.975) };
}
