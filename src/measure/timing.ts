/**
 * From repeated timings to one figure on a machine that other work disturbs.
 *
 * A disturbance only ever adds time, so the slow half of the samples says little about the program. The mean of
 * the fast half is steadier than the minimum and, unlike the median, is not moved by a disturbance that lasts for
 * a third of the run. Device kernels and whole networks are summed up the same way, so that they compare.
 */
import { InternalError } from '../base/index.js';

/** Mean of the fast half of the samples (of one sample: itself). @throws InternalError without samples. */
export function typicalTime(samples: readonly number[]): number {
  if (samples.length === 0) throw new InternalError('no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const half = sorted.slice(0, Math.ceil(sorted.length / 2));
  return half.reduce((sum, value) => sum + value, 0) / half.length;
}

/** Relative deviation of the fast half around its mean: how far the figure can be trusted. */
export function relativeDeviation(samples: readonly number[]): number {
  const typical = typicalTime(samples);
  const half = samples.toSorted((a, b) => a - b).slice(0, Math.ceil(samples.length / 2));
  const variance = half.reduce((sum, value) => sum + (value - typical) ** 2, 0) / half.length;
  return Math.sqrt(variance) / typical;
}
