import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countCost } from './cost.js';
import { lower } from './lower.js';
import { referenceArchitecture, referenceNames } from './reference/index.js';
import { scaleTo } from './scale.js';

const anyReference = fc.constantFrom(...referenceNames).map(referenceArchitecture);
const lastMap = (architecture: ReturnType<typeof referenceArchitecture>) => {
  const { ops } = lower(architecture);
  return ops.find((op) => op.id === ops.find(({ name }) => name === 'head.mean')?.inputs[0])?.shape[0];
};

test('MixNet-S at 32x32 keeps its last three strides and ends at 4x4', () => {
  const scaled = scaleTo(referenceArchitecture('mixnet-s'), { resolution: 32, classes: 10 });
  expect(scaled).toMatchObject({ name: 'mixnet-s@32', resolution: 32, classes: 10, stem: { stride: 1 } });
  expect(scaled.blocks.map((block) => block.stride).filter((stride) => stride === 2)).toHaveLength(3);
  expect(lastMap(scaled)).toBe(4);
});

test('a scaled network ends at 4x4 or more wherever the image allows, and keeps its weights', () => {
  fc.assert(
    fc.property(anyReference, fc.integer({ min: 1, max: 256 }), (reference, resolution) => {
      const scaled = scaleTo(reference, { resolution, classes: 1000 });
      expect(lastMap(scaled)).toBeGreaterThanOrEqual(Math.min(4, resolution));
      expect(countCost(lower(scaled)).params).toBe(countCost(lower(reference)).params);
    }),
    { numRuns: 30 },
  );
});

test.each(referenceNames)('%s has a form for 32x32 images that ends at 4x4', (name) => {
  expect(lastMap(scaleTo(referenceArchitecture(name), { resolution: 32, classes: 10 }))).toBe(4);
});

test('at its own resolution a network keeps its strides', () => {
  const reference = referenceArchitecture('mixnet-m');
  const scaled = scaleTo(reference, { resolution: 224, classes: 1000 });
  expect(scaled.blocks).toEqual(reference.blocks);
  expect(scaled.stem).toEqual(reference.stem);
});
