/** A profile that other devices' profiles price together: see `Mixture`. */
import { launchedAs } from '../algorithms.js';
import { type Kernel, kernelOps } from '../kernel.js';
import type { Mixture, Profile, TransferClass } from '../profile/index.js';
import { busyUs, classScales } from './overhead.js';

/** What factors of a transferred profile distinguish: kinds of work that devices run at different speeds. */
export function transferClass({ op, kernel }: Kernel): TransferClass {
  switch (op) {
    case 'conv':
    case 'winograd':
    case 'small-conv':
      return kernel === 1 ? 'pointwise' : 'conv';
    case 'depthwise':
    case 'grouped':
    case 'dense':
      return op;
    default:
      return 'other';
  }
}

/** The kernel without what a runtime made of its shape: each part has rules of its own. */
export function asListed(kernel: Kernel): Kernel {
  return kernel.op === 'winograd' || kernel.op === 'small-conv' ? { ...kernel, op: 'conv' } : kernel;
}

/**
 * @param modelsOf how a profile's models price a kernel of the class that it launches.
 * @returns µs that a kernel keeps the device busy for.
 */
export function createMixture(
  { factors, parts }: Mixture,
  modelsOf: (profile: Pick<Profile, 'name' | 'mapping' | 'models'>) => (kernel: Kernel) => number,
): (kernel: Kernel) => number {
  const pricers = parts.map(({ profile, weight, mapping, overhead, models }) => {
    const us = modelsOf({ name: profile, mapping, models });
    const scales = classScales(overhead);
    return (kernel: Kernel) => {
      const launched = launchedAs(kernel, mapping);
      const scale = scales[kernelOps.indexOf(launched.op)] as number;
      return weight * scale * busyUs(overhead, us(launched));
    };
  });
  return (kernel) => {
    const listed = asListed(kernel);
    const factor = factors[transferClass(kernel)];
    return factor * pricers.reduce((sum, us) => sum + us(listed), 0);
  };
}
