/** Cross-validation: networks predicted by a profile that was fitted without them, or without their family. */
import { type Shares, createPricer } from '../predict/index.js';
import { priceKernels } from '../network.js';
import type { Profile } from '../profile/index.js';
import type { ProfileDescription } from './description.js';
import { fitOnce, type Observed } from './fit-profile.js';

/** One network that was left out. */
export interface LeftOut extends Shares {
  readonly name: string;
  readonly family: string;
  readonly predictedUs: number;
  readonly measuredUs: number;
}

/** How a fit predicts networks: ours, or one of the baselines that it is compared to. */
export type Predictive = (
  train: readonly Observed[],
) => (network: Observed) => Omit<LeftOut, 'name' | 'family' | 'measuredUs'>;

/** Predicts networks by a finished profile. */
export function predictWith(profile: Profile): ReturnType<Predictive> {
  const pricer = createPricer(profile);
  return ({ kernels }) => {
    const { us, ...shares } = priceKernels(
      profile,
      pricer,
      kernels.map((k) => k.kernel),
    );
    return { predictedUs: us, ...shares };
  };
}

/** Our own: a whole profile, fitted without what is left out. */
export function ownPredictive(
  head: ProfileDescription,
  kind: Profile['table']['kind'],
  siblings: readonly (readonly Observed[])[] = [],
): Predictive {
  return (train) => {
    // What is left out is left out on every device.
    const names = new Set(train.map(({ name }) => name));
    const others = siblings.map((list) => list.filter(({ name }) => names.has(name)));
    return predictWith(fitOnce(train, head, kind, others));
  };
}

/**
 * Predicts every network with an end-to-end time from the others.
 * @param leave what is left out together: each family, each network alone, or one network in ten.
 */
export function crossValidate(
  networks: readonly Observed[],
  leave: 'family' | 'model' | 'tenth',
  predictive: Predictive,
): LeftOut[] {
  const tenth = new Map(networks.map((network, i) => [network, String(i % 10)]));
  const group = (network: Observed) =>
    leave === 'tenth' ? tenth.get(network) : leave === 'family' ? network.family : network.name;
  const timed = networks.filter((network) => network.endToEndUs !== undefined);
  return [...new Set(timed.map(group))].flatMap((left) => {
    const predict = predictive(networks.filter((network) => group(network) !== left));
    return timed
      .filter((network) => group(network) === left)
      .map((network) => ({
        name: network.name,
        family: network.family,
        measuredUs: network.endToEndUs as number,
        ...predict(network),
      }));
  });
}

/** Mean absolute error and share within 10 %, both in percent. */
export function errorOf(left: readonly LeftOut[]): { mape: number; within10: number } {
  const percent = left.map((l) => 100 * Math.abs(l.predictedUs / l.measuredUs - 1));
  return {
    mape: percent.reduce((a, b) => a + b, 0) / percent.length,
    within10: (100 * percent.filter((p) => p <= 10).length) / percent.length,
  };
}
