import { expect, test } from 'vitest';
import { parseSpace } from '../../models/index.js';
import { createTextures } from '../data/textures.js';
import { loadRuntime } from '../runtime/index.js';
import { largestSubnet } from './sampling.js';
import { createScorer } from './score.js';
import { supernetRecipeSchema } from './recipe.js';
import { openSupernet } from './train-supernet.js';

const space = parseSpace({
  name: 'tiny',
  resolution: 16,
  classes: 4,
  stem: { width: [8] },
  stages: [{ width: [8, 12], depth: [1], kernels: [3, 5], groups: [1, 2], expansion: [2] }],
  head: { width: [16] },
});

test('every validation image counts, not the last batch again and again', async () => {
  const runtime = await loadRuntime();
  const dataset = createTextures({ seed: 1, size: 400, resolution: 16, classes: 4 }, {});
  const supernet = openSupernet(space, dataset, supernetRecipeSchema.parse({}), 1, runtime);
  const train = Uint32Array.from({ length: 100 }, (_, i) => i);
  const score = async (from: number, to: number) => {
    const validation = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    const split = { train, validation };
    const scorer = await createScorer({ supernet, dataset, split, calibration: 64, seed: 1, runtime });
    const { loss, accuracy, count } = scorer.score(largestSubnet(space));
    scorer.dispose();
    return { loss: loss * count, right: accuracy * count };
  };
  // Batches of 128: the first whole, the second of the other 72.
  const [whole, first, second] = [await score(100, 300), await score(100, 228), await score(228, 300)];
  expect(whole.right).toBeCloseTo(first.right + second.right, 6);
  expect(whole.loss).toBeCloseTo(first.loss + second.loss, 3);
  supernet.dispose();
});
