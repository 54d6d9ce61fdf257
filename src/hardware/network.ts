/** The time of a list of device kernels, as one network. */
import { type Shares, busyUs, classScales, networkUs, type Pricer, type Source } from './predict/index.js';
import { type Kernel, kernelOps } from './kernel.js';
import type { Profile } from './profile/index.js';

export interface PricedNetwork extends Shares {
  readonly us: number;
}

/** Prices device kernels and adds the profile's overhead. */
export function priceKernels(profile: Profile, pricer: Pricer, kernels: readonly Kernel[]): PricedNetwork {
  const scales = classScales(profile.overhead);
  let sumUs = 0;
  let scaledUs = 0;
  const bySource: Partial<Record<Source, number>> = {};
  let unmeasuredUs = 0;
  for (const kernel of kernels) {
    const { us, source, unmeasured } = pricer.price(kernel);
    if (unmeasured) unmeasuredUs += us;
    const busy = busyUs(profile.overhead, us);
    sumUs += busy;
    scaledUs += busy * (scales[kernelOps.indexOf(kernel.op)] as number);
    bySource[source] = (bySource[source] ?? 0) + us;
  }
  const us = networkUs(profile.overhead, sumUs, scaledUs);
  return {
    us,
    interpolated: (bySource.interpolated ?? 0) / us,
    extrapolated: (bySource.extrapolated ?? 0) / us,
    unmeasured: unmeasuredUs / us,
  };
}
