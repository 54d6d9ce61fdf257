import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import type { Architecture, MixnetSpace } from '../../models/index.js';
import { mixnetSpace } from '../../search/index.js';
import { groupWeights } from './group-guide.js';
import { loadSpace } from '../config/spaces.js';

const space: MixnetSpace = loadSpace('cifar-small');

/** A device on which every further kernel size of a block costs as much as the first. */
const slowByGroups = (architecture: Architecture): number =>
  architecture.blocks.reduce((sum, block) => sum + ('kernels' in block ? block.kernels.length : 0), 1);

/** Mean number of kernel sizes in the mixes that random points choose. */
function meanGroups(weights?: ReturnType<typeof groupWeights>): number {
  const random = createRandom('groups');
  const searched = mixnetSpace(space, weights);
  let groups = 0;
  let mixes = 0;
  for (let i = 0; i < 200; i++) {
    const genome = searched.random(random);
    expect(space.canonical(genome)).toEqual(genome);
    for (const [name, label] of Object.entries(searched.params(genome))) {
      if (!name.endsWith('.mix')) continue;
      groups += String(label).split('+').length;
      mixes++;
    }
  }
  return groups / mixes;
}

describe('group guidance', () => {
  const weights = (strength: number) => groupWeights(space, slowByGroups, strength, createRandom('guide'));

  test('draws fewer groups where they are slow, and the fewer the stronger it is', () => {
    const [weak, strong] = [meanGroups(weights(1)), meanGroups(weights(4))];
    expect(weak).toBeLessThan(meanGroups(weights(0)) - 0.05);
    expect(strong).toBeLessThan(weak - 0.05);
  });

  test('keeps every choice possible', () => {
    for (const list of weights(4).values()) expect(Math.min(...list)).toBeGreaterThan(0);
  });

  test('with strength 0, numbers of groups are equally likely whatever the device', () => {
    for (const [gene, list] of weights(0)) {
      const shares = new Map<number, number>();
      space.genes[gene]?.values.forEach((label, i) => {
        const count = String(label).split('+').length;
        shares.set(count, (shares.get(count) ?? 0) + (list[i] as number));
      });
      for (const share of shares.values()) expect(share).toBeCloseTo(1, 9);
    }
  });
});
