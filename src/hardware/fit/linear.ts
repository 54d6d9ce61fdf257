/** A sum of physical terms with non-negative amounts, fitted to the times of device kernels of one class. */
import type { Kernel } from '../kernel.js';
import { type TermName, termNames } from '../profile/index.js';
import { padded, termValue } from '../predict/index.js';
import { relativeFit } from './solve/index.js';

/** One device kernel and its time. */
export interface TimedKernel {
  readonly kernel: Kernel;
  readonly us: number;
}

export interface LinearFit {
  readonly terms: [TermName, number][];
  weight(name: TermName): number;
  us(kernel: Kernel): number;
}

/** A shortest time, so that a logarithm can always be taken. */
const leastUs = 1e-3;

export function fitLinear(timed: readonly TimedKernel[]): LinearFit {
  const rows = timed.map(({ kernel }) => termNames.map((name) => termValue(name, padded(kernel))));
  const weights = relativeFit(
    rows,
    timed.map((t) => t.us),
  );
  const terms = termNames
    .map((name, j): [TermName, number] => [name, weights[j] as number])
    .filter(([, weight]) => weight > 0);
  return {
    terms,
    weight: (name) => terms.find(([term]) => term === name)?.[1] ?? 0,
    us(kernel) {
      const whole = padded(kernel);
      let us = 0;
      for (const [name, weight] of terms) us += weight * termValue(name, whole);
      return Math.max(us, leastUs);
    },
  };
}
