/** From the times of its device kernels to the time of a network. */
import { type KernelOp, kernelOps } from '../kernel.js';
import type { Profile } from '../profile/index.js';

type Overhead = Profile['overhead'];

/** The factor of each class, by its index in `kernelOps`. */
export function classScales({ scale, scales }: Overhead): number[] {
  return kernelOps.map((op: KernelOp) => scales?.[op] ?? scale);
}

/** What a device kernel keeps the device busy for: no kernel follows the last one sooner than it can be dispatched. */
export function busyUs({ leastKernelUs }: Overhead, us: number): number {
  return us > leastKernelUs ? us : leastKernelUs;
}

/**
 * µs of a network.
 * @param sumUs of what its device kernels keep the device busy for; `scaledUs` the same, each times its class's
 *   factor.
 */
export function networkUs({ fixedUs, sqrtUs }: Overhead, sumUs: number, scaledUs: number): number {
  return fixedUs + sqrtUs * Math.sqrt(sumUs) + scaledUs;
}
