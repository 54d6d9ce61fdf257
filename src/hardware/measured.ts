/** A profile against the measured networks that it was made from. */
import { launchedAs } from './algorithms.js';
import { type Agreement, agreement, compared } from './agreement.js';
import { type Kernel, kernelOfRow } from './kernel.js';
import type { Measurements } from './measurements.js';
import { priceKernels } from './network.js';
import { createPricer } from './predict/index.js';
import type { Profile } from './profile/index.js';

/**
 * Predicts the networks of some measurements by a finished profile. Table entries that came from them are not used,
 * but the fit has seen them: the error is lower than that of new networks.
 * @param device whose times these are in the measurements.
 * @returns undefined where no network was measured end to end, or a compiler's plan prices whole graphs only.
 */
export function measuredAgreement(
  data: Measurements,
  profile: Profile,
  device: string,
): Agreement | undefined {
  const column = data.devices.indexOf(device);
  if (column < 0 || profile.compiler) return undefined;
  const kernels = data.kernels.map(({ op, shape }) => launchedAs(kernelOfRow(op, shape), profile.mapping));
  const pricer = createPricer(profile, new Set(data.networks.map((network) => network.name)));
  const models = data.networks.flatMap(({ name, launches, endToEndUs }) => {
    const measuredUs = endToEndUs?.[column];
    if (measuredUs === null || measuredUs === undefined) return [];
    const list = launches.map(({ kernel }) => kernels[kernel] as Kernel);
    return [compared(name, measuredUs, priceKernels(profile, pricer, list), profile.band)];
  });
  return models.length === 0 ? undefined : agreement(models);
}
