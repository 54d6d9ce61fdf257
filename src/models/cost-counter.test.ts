import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { createCostCounter } from './cost-counter.js';
import { countCost } from './cost.js';
import { lower } from './lower.js';
import { referenceArchitecture, referenceNames } from './reference/index.js';
import { parseSpace } from './space/space.js';

const space = parseSpace({
  name: 'two stages',
  resolution: 32,
  classes: 10,
  inputChannels: 3,
  stem: { width: [8, 16] },
  stages: [
    { depth: [1, 2], width: [8, 16], expansion: [1, 3], kernels: [3, 5, 7], seRatio: [0, 0.25] },
    { depth: [1, 3], width: [16, 24], stride: 2, expansion: [3, 6], kernels: [3, 5], expandGroups: [1, 2] },
  ],
  head: { width: [0, 64] },
});

describe('a counter that remembers blocks counts as the whole graph is counted', () => {
  test('for architectures of a space, met again and at two sizes', () => {
    const count = createCostCounter();
    const random = createRandom('counter');
    for (let i = 0; i < 100; i++) {
      const architecture = space.decode(space.random(random));
      for (const at of [{}, { resolution: 224, classes: 1000 }, {}]) {
        expect(count(architecture, at)).toEqual(countCost(lower(architecture, at)));
      }
    }
  });

  test.each(referenceNames)('for %s', (name) => {
    const architecture = referenceArchitecture(name);
    expect(createCostCounter()(architecture)).toEqual(countCost(lower(architecture)));
  });

  test('and throws as lowering does, with the place of the block', () => {
    const { blocks, ...rest } = referenceArchitecture('mixnet-s');
    const [first, second, ...others] = blocks;
    const broken = { ...second, projectGroups: 7 } as typeof second;
    const architecture = { ...rest, blocks: [first, broken, ...others] as typeof blocks };
    const messageOf = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return (error as Error).message;
      }
      return 'none';
    };
    const message = messageOf(() => lower(architecture));
    expect(message).toMatch(/1/);
    expect(messageOf(() => createCostCounter()(architecture))).toBe(message);
  });
});
