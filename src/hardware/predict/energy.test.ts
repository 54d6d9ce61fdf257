import { expect, test } from 'vitest';
import { lower, referenceArchitecture } from '../../models/index.js';
import { estimateEnergy } from './energy.js';
import { loadProfile } from '../profile/load.js';
import { createPredictor } from './predictor.js';

const energyOf = (model: string, profileName: string, resolution: number) => {
  const profile = loadProfile(profileName);
  const graph = lower(referenceArchitecture(model), { resolution });
  return estimateEnergy(createPredictor(profile).predict(graph).kernels, profile);
};

test('one kernel takes what its multiplications and its traffic take', () => {
  const profile = loadProfile('mali-g76');
  const kernel = {
    op: 'conv',
    size: 10,
    input: 20,
    output: 30,
    kernel: 1,
    stride: 1,
    dilation: 1,
    groups: 1,
    fused: 0,
  } as const;
  const prediction = { op: 'conv', latencyUs: 1, source: 'measured', layer: 'a', kernel } as const;
  // 60,000 multiplications at 1.5 pJ; 2,000 + 3,000 + 600 numbers of 2 bytes at 243.75 pJ.
  expect(estimateEnergy([prediction], profile).energyMj).toBeCloseTo(
    (60_000 * 1.5 + 5600 * 2 * 243.75) / 1e9,
    12,
  );
});

test('more pixels, more channels and wider numbers take more, and the band says it is an estimate', () => {
  const small = energyOf('mixnet-s', 'mali-g76', 224);
  expect(energyOf('mixnet-s', 'mali-g76', 480).energyMj).toBeGreaterThan(2 * small.energyMj);
  expect(energyOf('mixnet-l', 'mali-g76', 224).energyMj).toBeGreaterThan(small.energyMj);
  expect(energyOf('mixnet-s', 'ethos-u65', 224).energyMj).toBeLessThan(small.energyMj);
  expect(small.lowMj).toBeLessThan(small.energyMj / 2);
  expect(small.highMj).toBeGreaterThan(small.energyMj * 2);
  expect(small.from).toContain('estimated, not measured');
});
