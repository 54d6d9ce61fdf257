import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { mixBlocksOf, parseArchitecture } from './architecture.js';
import { cost, countCost } from './cost.js';
import { lower } from './lower.js';
import wide from './space/fixtures/wide.json' with { type: 'json' };
import { parseSpace } from './space/space.js';

const space = parseSpace(wide);
const anyArchitecture = fc.integer().map((seed) => space.decode(space.random(createRandom(seed))));

test('layers add up to the totals', () => {
  fc.assert(
    fc.property(anyArchitecture, (architecture) => {
      const graph = lower(architecture);
      const { params, macs, layers } = cost(graph);
      expect(layers.reduce((sum, layer) => sum + layer.params, 0)).toBe(params);
      expect(layers.reduce((sum, layer) => sum + layer.macs, 0)).toBe(macs);
      expect(countCost(graph)).toEqual({ params, macs });
      expect(layers.every((layer) => Number.isInteger(layer.params) && layer.params > 0)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('parameters do not depend on the resolution, and each class costs one row of the classifier', () => {
  fc.assert(
    fc.property(anyArchitecture, fc.integer({ min: 1, max: 300 }), (architecture, resolution) => {
      const { params } = countCost(lower(architecture));
      expect(countCost(lower(architecture, { resolution })).params).toBe(params);
      const features = architecture.head.out || (mixBlocksOf(architecture).at(-1)?.out ?? 0);
      const more = countCost(lower(architecture, { classes: architecture.classes + 5 }));
      expect(more.params - params).toBe(5 * (features + 1));
    }),
    { numRuns: 50 },
  );
});

/** 8x8x3 -> stem 3x3 to 4 -> expand x2 (2 groups) -> depthwise 3 and 5 dilated -> SE 0.5 -> project to 4. */
const small = parseArchitecture({
  resolution: 8,
  classes: 3,
  stem: { out: 4, stride: 1 },
  blocks: [
    {
      op: 'inverted-residual',
      kernels: [3, 5],
      dilations: [1, 2],
      expansion: 2,
      expandGroups: 2,
      seRatio: 0.5,
      out: 4,
    },
  ],
  head: { out: 0 },
});

test('the cost of a small network equals the one computed by hand', () => {
  const rows = cost(lower(small)).layers.map(({ name, params, macs }) => [name, params, macs]);
  expect(rows).toEqual([
    ['stem.conv', 3 * 3 * 3 * 4, 3 * 3 * 3 * 4 * 64],
    ['stem.bn', 8, 0],
    ['blocks.0.expand', (4 / 2) * 8, (4 / 2) * 8 * 64],
    ['blocks.0.expand.bn', 16, 0],
    ['blocks.0.depthwise.0', 9 * 4, 9 * 4 * 64],
    ['blocks.0.depthwise.1', 25 * 4, 25 * 4 * 64],
    ['blocks.0.depthwise.bn', 16, 0],
    ['blocks.0.se.reduce', 8 * 2 + 2, 8 * 2],
    ['blocks.0.se.expand', 2 * 8 + 8, 2 * 8],
    ['blocks.0.project', 8 * 4, 8 * 4 * 64],
    ['blocks.0.project.bn', 8, 0],
    ['head.dense', 4 * 3 + 3, 4 * 3],
  ]);
});

test('a layer lists its shapes, window and groups', () => {
  const { layers } = cost(lower(small));
  expect(layers.find((layer) => layer.name === 'blocks.0.depthwise.1')).toEqual({
    name: 'blocks.0.depthwise.1',
    op: 'depthwiseConv2d',
    input: [8, 8, 4],
    output: [8, 8, 4],
    kernel: 5,
    stride: 1,
    dilation: 2,
    groups: 4,
    params: 100,
    macs: 6400,
  });
});
