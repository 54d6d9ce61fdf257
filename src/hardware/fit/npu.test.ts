import { expect, test } from 'vitest';
import { lower, referenceArchitecture, referenceNames } from '../../models/index.js';
import { mapKernels } from '../mapping.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/index.js';
import { loadProfile } from '../profile/load.js';
import type { Profile } from '../profile/index.js';
import { fitNpu } from './npu.js';

const base = loadProfile('hexagon-8gen3');
const kernels = new Map(
  referenceNames.map((name) => [name, mapKernels(lower(referenceArchitecture(name)), base.mapping)] as const),
);
const device = (launch: number, pointwise: number, depthwise: number, fixedUs: number): Profile => ({
  ...base,
  overhead: { fixedUs, scale: 1, sqrtUs: 0, leastKernelUs: 0 },
  models: {
    ...base.models,
    conv: {
      kind: 'linear',
      points: 0,
      terms: [
        ['launch', launch],
        ['tile-pointwise-macs', pointwise],
        ['tile-window-macs', pointwise / 2],
      ],
    },
    depthwise: {
      kind: 'linear',
      points: 0,
      terms: [
        ['launch', launch],
        ['reads', depthwise],
        ['writes', depthwise],
      ],
    },
  },
});
const usOn = (profile: Profile, name: string) =>
  priceKernels(profile, createPricer(profile), kernels.get(name) ?? []).us;
const wholes = (profile: Profile, names: readonly string[]) =>
  names.map((name) => ({ kernels: kernels.get(name) ?? [], endToEndUs: usOn(profile, name) }));

const own = device(3, 0.02, 6, 300);
const fast = device(1.5, 0.01, 3, 150);
const seen = referenceNames.slice(0, 12);

test('networks that were not measured are predicted, with a sibling of the same proportions', () => {
  const fitted = { ...own, ...fitNpu(wholes(own, seen), [wholes(fast, referenceNames)]) };
  for (const name of referenceNames) {
    expect(Math.abs(usOn(fitted, name) / usOn(own, name) - 1)).toBeLessThan(0.12);
  }
});

test('a chip whose own networks differ from its siblings in one kind of work is moved towards them', () => {
  const odd = device(3, 0.02, 12, 300);
  const with_ = { ...own, ...fitNpu(wholes(odd, seen), [wholes(own, seen), wholes(fast, seen)]) };
  const depthwise = (profile: Profile) => {
    const model = profile.models.depthwise;
    return model?.kind === 'linear' ? (model.terms.find(([term]) => term === 'reads')?.[1] ?? 0) : 0;
  };
  const alone = { ...own, ...fitNpu(wholes(own, seen), [wholes(fast, seen)]) };
  expect(depthwise(with_)).toBeGreaterThan(1.2 * depthwise(alone));
});
