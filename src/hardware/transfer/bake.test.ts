import { expect, test } from 'vitest';
import { lower, referenceArchitecture, referenceNames } from '../../models/index.js';
import { mapKernels } from '../mapping.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/index.js';
import { loadProfile } from '../profile/load.js';
import { parseProfile, stringifyData } from '../profile/index.js';
import { baked, transfer } from './index.js';

const [adreno, mali] = [loadProfile('adreno-640'), loadProfile('mali-g76')];
const { winograd: _, ...mapping } = mali.mapping;
const networks = ['mixnet-s', 'mobilenet-v2', 'mobilenet-v1', 'efficientnet-b0', 'ghostnet-1.0'].map(
  (model) => {
    const kernels = mapKernels(lower(referenceArchitecture(model)), mapping);
    const us = [adreno, mali].map((p) => priceKernels(p, createPricer(p), kernels).us);
    return { model, kernels, endToEndUs: (us[0] as number) * 0.7 + (us[1] as number) * 0.6 };
  },
);
const { table: _t, models: _m, overhead: _o, band: _b, error: _e, ...head } = mali;
const { profile } = transfer([adreno, mali], { ...head, name: 'between', mapping }, networks);

test('one set of models prices networks as the mixture does, within a few percent', () => {
  const one = parseProfile(JSON.parse(stringifyData(baked(profile))));
  expect(one.mixture).toBeUndefined();
  const models = { ...one, table: { ...one.table, entries: [] } };
  for (const name of referenceNames) {
    const kernels = mapKernels(lower(referenceArchitecture(name)), mapping);
    const mixed = priceKernels(profile, createPricer(profile), kernels).us;
    expect(priceKernels(models, createPricer(models), kernels).us / mixed).toBeCloseTo(1, 0.7);
    expect(Math.abs(priceKernels(one, createPricer(one), kernels).us / mixed - 1)).toBeLessThan(0.06);
  }
  expect(stringifyData(one).length).toBeLessThan(stringifyData(profile).length / 2);
});

test('what is no mixture stays as it is', () => {
  expect(baked(adreno)).toBe(adreno);
});
