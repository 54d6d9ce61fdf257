/**
 * A profile for a sibling of a device that has one, from a few measured networks: device kernels keep their
 * proportions, all of them become slower or faster by one factor, and the fixed cost is the device's own.
 */
import { median } from '../../base/index.js';
import type { Kernel } from '../kernel.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/index.js';
import type { KernelModel, Profile } from '../profile/index.js';
import { crossValidate, errorOf, predictWith, type Predictive } from './cross-validate.js';
import type { ProfileDescription } from './description.js';
import { relativeFit } from './solve/index.js';

interface Whole {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

/** With fewer networks than this only the factor is fitted. */
const fewestForFixed = 4;

export function scaledModel(model: KernelModel, factor: number): KernelModel {
  switch (model.kind) {
    case 'as':
      return model;
    case 'linear':
      return { ...model, terms: model.terms.map(([name, weight]) => [name, weight * factor]) };
    case 'surface': {
      const add = 1000 * Math.log(factor);
      const values = model.values.map((lines) =>
        lines.map(([first = 0, ...steps]) => [first + add, ...steps]),
      );
      return { ...model, fusedUs: model.fusedUs * factor, values };
    }
  }
}

/** Every time of a profile multiplied by one factor, its fixed cost replaced. */
function scaled(profile: Profile, factor: number, fixedUs: number): Profile {
  // What a compiler plans is not in device kernels, which are all that is recalibrated.
  const { overhead, models, mixture, table, compiler: _, ...rest } = profile;
  const weighed = mixture && {
    ...mixture,
    parts: mixture.parts.map((part) => ({ ...part, weight: part.weight * factor })),
  };
  return {
    ...rest,
    ...(weighed && { mixture: weighed }),
    overhead: {
      ...overhead,
      fixedUs,
      // The root of a sum that grows by the factor grows by the factor's root.
      sqrtUs: overhead.sqrtUs * Math.sqrt(factor),
      leastKernelUs: overhead.leastKernelUs * factor,
    },
    models: Object.fromEntries(Object.entries(models).map(([op, model]) => [op, scaledModel(model, factor)])),
    table: {
      ...table,
      kind: 'scaled',
      entries: table.entries.map((entry) => ({ ...entry, us: entry.us.map((us) => us * factor) })),
    },
  };
}

/** Fits factor and fixed cost to the networks. */
export function recalibrated(base: Profile, networks: readonly Whole[]): Profile {
  const pricer = createPricer(base);
  const { fixedUs } = base.overhead;
  const rest = networks.map(({ kernels }) => priceKernels(base, pricer, kernels).us - fixedUs);
  const times = networks.map((n) => n.endToEndUs);
  if (networks.length < fewestForFixed) {
    const factor = median(times.map((us, i) => us / ((rest[i] as number) + fixedUs)));
    return scaled(base, factor, fixedUs * factor);
  }
  const [factor = 1, fixed = 0] = relativeFit(
    rest.map((us) => [us, 1]),
    times,
  );
  return scaled(base, factor, fixed);
}

/** Networks predicted by `base`, recalibrated to others. */
export function recalibratedPredictive(base: Profile): Predictive {
  return (train) => {
    const wholes = train.flatMap(({ kernels, endToEndUs }) =>
      endToEndUs === undefined ? [] : [{ kernels: kernels.map((k) => k.kernel), endToEndUs }],
    );
    return predictWith(recalibrated(base, wholes));
  };
}

/**
 * A sibling device's profile, with its band and error from leaving each network out in turn.
 * @param networks five to ten do; one gives a factor and no error.
 */
export function recalibrate(
  base: Profile,
  head: Partial<ProfileDescription> & Pick<Profile, 'name' | 'sources'>,
  networks: readonly (Whole & { readonly model: string })[],
): Profile {
  const profile = { ...recalibrated(base, networks), ...head };
  const { error: _, ...unjudged } = profile;
  const wide = { ...base.band, network: Math.max(base.band.network, Math.log(2)) };
  if (networks.length < 3) return { ...unjudged, band: wide };
  const observed = networks.map(({ model, kernels, endToEndUs }) => ({
    name: model,
    family: model,
    kernels: kernels.map((kernel) => ({ kernel, us: undefined })),
    endToEndUs,
  }));
  const left = crossValidate(observed, 'model', recalibratedPredictive(base));
  const worst = Math.max(...left.map((l) => Math.abs(Math.log(l.predictedUs / l.measuredUs))));
  return {
    ...profile,
    band: { ...base.band, network: Math.max(base.band.network, worst) },
    error: { leftOut: 'model', networks: left.length, ...errorOf(left) },
  };
}
