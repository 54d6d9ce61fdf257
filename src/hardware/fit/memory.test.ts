import { expect, test } from 'vitest';
import { lower, referenceArchitecture, referenceNames } from '../../models/index.js';
import { mapKernels } from '../mapping.js';
import { fitMemory, memoryError, memoryWith, peakOf } from './memory.js';

const mapping = { fusedActivations: [], fusesAdd: false, slice: 'copy' as const, concat: 'copy' as const };
const shares = { runtimeBytes: 2.5e7, weightCopies: 1.7 };
const peaks = referenceNames.slice(0, 10).map((name) => {
  const kernels = mapKernels(lower(referenceArchitecture(name)), mapping);
  return { kernels, bytes: peakOf(shares, kernels, 2) };
});

test('the share of a runtime is found again from peaks, one of which is far off', () => {
  const [first, ...others] = peaks as [(typeof peaks)[0], ...typeof peaks];
  const { runtimeBytes, weightCopies } = fitMemory([{ ...first, bytes: 3 * first.bytes }, ...others], 2);
  expect(runtimeBytes / shares.runtimeBytes).toBeCloseTo(1, 1);
  expect(weightCopies).toBeCloseTo(shares.weightCopies, 0);
  expect(memoryError(peaks, 2)).toBeLessThan(0.1);
});

test('with few peaks a profile says no more than it did', () => {
  expect(memoryWith({ bandwidthGBs: 30 }, peaks.slice(0, 7), 2)).toEqual({ memory: { bandwidthGBs: 30 } });
  expect(memoryWith(undefined, peaks.slice(0, 7), 2)).toEqual({});
  expect(memoryWith({ bandwidthGBs: 30 }, peaks, 2).memory?.bandwidthGBs).toBe(30);
});
