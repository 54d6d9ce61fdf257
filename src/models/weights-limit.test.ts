import { expect, test } from 'vitest';
import { lower } from './lower.js';
import { referenceArchitecture } from './reference/index.js';
import { checkActivationsLimit, checkWeightsLimit } from './weights-limit.js';

const plain = referenceArchitecture('mixnet-s');
const wide = { ...plain, blocks: plain.blocks.map((block) => ({ ...block, out: 65_536 })) };

test('weights that no file can hold are refused, with their size', () => {
  expect(() => checkWeightsLimit(lower(plain))).not.toThrow();
  expect(() => checkWeightsLimit(lower(wide))).toThrow(/weights, .* GB: more than 2.15 GB cannot be held/);
});

test('a layer that no memory can hold is refused, with its size', () => {
  expect(() => checkActivationsLimit(lower(plain), 64, 16e9)).not.toThrow();
  expect(() => checkActivationsLimit(lower(wide), 64, 16e9)).toThrow(
    /for 64 images takes .*; this machine has/,
  );
});
