import { beforeAll, expect, test } from 'vitest';
import { mixBlocksOf, parseSpace } from '../../src/models/index.js';
import { createTextures } from '../../src/training/data/textures.js';
import { type Runtime, loadRuntime } from '../../src/training/runtime/index.js';
import type { TrainingState } from '../../src/training/train/state.js';
import { supernetRecipeSchema } from '../../src/training/supernet/recipe.js';
import {
  fairSubnets,
  largestSubnet,
  sandwichSubnets,
  smallestSubnet,
} from '../../src/training/supernet/sampling.js';
import { trainSupernet } from '../../src/training/supernet/train-supernet.js';
import { createRandom } from '../../src/base/index.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await loadRuntime();
}, 60_000);

const space = parseSpace({
  name: 'tiny',
  resolution: 16,
  classes: 4,
  stem: { width: [8] },
  stages: [
    { width: [8, 12], depth: [1, 2], kernels: [3, 5], groups: [1, 2], expansion: [1, 2] },
    { width: [16], depth: [1], stride: 2, kernels: [3], expansion: [2, 3] },
  ],
  head: { width: [16] },
});

test('training lowers the loss, and resumes to the bit where it was interrupted', async () => {
  const dataset = createTextures({ seed: 1, size: 400, resolution: 16, classes: 4 }, {});
  const recipe = supernetRecipeSchema.parse({ steps: 150, batchSize: 32, passes: 2 });
  const indices = Uint32Array.from({ length: 400 }, (_, i) => i);
  const losses: number[] = [];
  const options = { space, dataset, indices, recipe, seed: 1, runtime };
  const tensors = runtime.tf.memory().numTensors;
  const whole = await trainSupernet({ ...options, onProgress: ({ loss }) => losses.push(loss) });
  expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] as number));
  const saved: TrainingState[] = [];
  const first = await trainSupernet({
    ...options,
    until: 60,
    checkpoint: { every: 30, save: (state) => saved.push(state) },
  });
  expect(saved.map(({ step }) => step)).toEqual([30, 60]);
  expect(first.step).toBe(60);
  const resumed = await trainSupernet({ ...options, from: first });
  expect(resumed).toEqual(whole);
  expect(runtime.tf.memory().numTensors).toBe(tensors);
}, 120_000);

test('a sandwich holds the largest and the smallest; fair steps use every choice equally often', () => {
  const random = createRandom('draw');
  const [first, ...rest] = sandwichSubnets(space, random, 4);
  expect(first).toEqual(largestSubnet(space));
  expect(rest.at(-1)).toEqual(smallestSubnet(space));
  const largest = space.decode(largestSubnet(space));
  expect(largest.blocks).toHaveLength(3);
  expect(mixBlocksOf(largest).map(({ out }) => out)).toEqual([12, 12, 16]);
  expect(largest.blocks[0]).toMatchObject({ kernels: [3, 5], expansion: 2 });
  expect(space.decode(smallestSubnet(space)).blocks[0]).toMatchObject({ kernels: [3], expansion: 1, out: 8 });
  const fair = fairSubnets(space, random, 2);
  const depths = fair.map((genome) => space.decode(genome).blocks.length).toSorted((a, b) => a - b);
  expect(depths).toEqual([2, 3]);
});
