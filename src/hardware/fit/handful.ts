/** A profile from a handful of whole networks: what the device is like holds it where they say little. */
import { MixnasError } from '../../base/index.js';
import { agreement, compared } from '../agreement.js';
import type { Measurements } from '../measurements.js';
import { type Profile, profileVersion } from '../profile/index.js';
import { crossValidate, predictWith } from './cross-validate.js';
import type { ProfileDescription } from './description.js';
import { type Observed, observationsOf } from './fit-profile.js';
import { likeSibling } from './sibling.js';
import { fitTensorGpu } from './tensor-gpu.js';

/** Least width of the band, and of device kernels that nobody measured: no handful shows less. */
const leastBand = 0.15;
const leastUnmeasured = 0.5;

/** The profile of a device whose prices are those of `base`, by a factor for each kind; else of a GPU with tensor cores. */
function fitted(networks: readonly Observed[], head: ProfileDescription, base: Profile | undefined): Profile {
  const wholes = networks.flatMap(({ kernels, endToEndUs }) =>
    endToEndUs === undefined ? [] : [{ kernels: kernels.map((k) => k.kernel), endToEndUs }],
  );
  const models = networks.map((network) => network.name);
  const bare: Profile = {
    format: 'mixnas-profile',
    version: profileVersion,
    ...head,
    batch: 1,
    overhead: { fixedUs: 0, scale: 1, sqrtUs: 0, leastKernelUs: 0 },
    band: { network: leastBand, interpolated: 0, extrapolated: 0, unmeasured: leastUnmeasured },
    ...(base && { like: base.name }),
    models: base?.models ?? {},
    table: { kind: base ? 'scaled' : 'measured', models, entries: [] },
  };
  return base ? likeSibling(bare, wholes) : { ...bare, ...fitTensorGpu(wholes) };
}

/**
 * @param base the profile of a device that computes alike, priced by terms; absent: a GPU with tensor cores.
 * @throws MixnasError `bad-data` when fewer than two networks were measured on the device.
 */
export function tuneHandful(data: Measurements, head: ProfileDescription, base?: Profile): Profile {
  const networks = observationsOf(data, head.name, head.mapping).filter((n) => n.endToEndUs !== undefined);
  if (networks.length < 2) {
    throw new MixnasError('bad-data', `${head.name}: fewer than two networks were measured end to end.`, {
      remedy: 'Measure more.',
    });
  }
  const left = crossValidate(networks, 'model', (train) => predictWith(fitted(train, head, base)));
  const widest = Math.max(...left.map((l) => Math.abs(Math.log(l.predictedUs / l.measuredUs))));
  const band = {
    network: Math.max(leastBand, widest),
    interpolated: 0,
    extrapolated: 0,
    unmeasured: leastUnmeasured,
  };
  const judged = agreement(
    left.map((l) => compared(l.name, l.measuredUs, { ...l, us: l.predictedUs }, band)),
  );
  return {
    ...fitted(networks, head, base),
    band,
    error: {
      leftOut: 'model',
      networks: left.length,
      mape: judged.mape,
      within10: judged.within10,
      ...(left.length > 2 && { spearman: judged.spearman }),
    },
  };
}
