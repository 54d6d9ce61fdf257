/** What the sum of terms misses: boosted trees over its logarithmic deviation, averaged over several seeds. */
import { createRandom } from '../../base/index.js';
import type { Kernel } from '../kernel.js';
import { evaluateRising, fitForest } from './boost.js';
import { kernelFeatures } from './features.js';
import type { TimedKernel } from './linear.js';

/** Forests that differ in their draws of rows and columns only: their mean has less of the luck of one. */
const forests = 3;

/**
 * The logarithm of what device kernels take, divided by their `baseUs`. They are asked for as lists in which each
 * is at least as large as the one before, in every feature.
 */
export type Deviation = (rising: readonly Kernel[]) => Float64Array;

export function fitDeviation(timed: readonly TimedKernel[], baseUs: (kernel: Kernel) => number): Deviation {
  const rows = timed.map(({ kernel }) => kernelFeatures(kernel));
  const deviations = timed.map(({ kernel, us }) => Math.log(us / baseUs(kernel)));
  const fitted = Array.from({ length: forests }, (_, i) =>
    fitForest(rows, deviations, createRandom(`deviation/${i}`)),
  );
  return (rising) => {
    const line = rising.map(kernelFeatures);
    const each = fitted.map((forest) => evaluateRising(forest, line));
    return Float64Array.from(
      line,
      (_, i) => each.reduce((sum, list) => sum + (list[i] as number), 0) / forests,
    );
  };
}
