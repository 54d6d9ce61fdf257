import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { mixBlocksOf, parseArchitecture } from './architecture.js';
import type { LayerGraph, Op } from './graph.js';
import { lower } from './lower.js';
import wide from './space/fixtures/wide.json' with { type: 'json' };
import { parseSpace } from './space/space.js';
import { splitChannels } from './blocks/index.js';

const space = parseSpace(wide);
const anyArchitecture = fc.integer().map((seed) => space.decode(space.random(createRandom(seed))));

const block = { op: 'inverted-residual' as const, kernels: [3], expansion: 2, out: 8 };
const tiny = (first: object) =>
  parseArchitecture({
    name: 'tiny',
    resolution: 8,
    classes: 3,
    stem: { out: 8, stride: 1 },
    blocks: [{ ...block, ...first }],
    head: { out: 0 },
  });

const names = (graph: LayerGraph) => graph.ops.map((op) => op.name);
const named = (graph: LayerGraph, name: string): Op => {
  const op = graph.ops.find((candidate) => candidate.name === name);
  if (!op) throw new Error(`no op ${name} among ${names(graph).join(' ')}`);
  return op;
};
const inputsOf = (graph: LayerGraph, op: Op) => op.inputs.map((id) => graph.ops[id] as Op);

test('a block of one kernel lowers to the known chain, without slices', () => {
  expect(names(lower(tiny({ seRatio: 0.5 })))).toEqual([
    'input',
    'stem.conv',
    'stem.bn',
    'stem.act',
    'blocks.0.expand',
    'blocks.0.expand.bn',
    'blocks.0.expand.act',
    'blocks.0.depthwise.0',
    'blocks.0.depthwise.bn',
    'blocks.0.depthwise.act',
    'blocks.0.se.mean',
    'blocks.0.se.reduce',
    'blocks.0.se.act',
    'blocks.0.se.expand',
    'blocks.0.se.sigmoid',
    'blocks.0.se.scale',
    'blocks.0.project',
    'blocks.0.project.bn',
    'blocks.0.add',
    'head.mean',
    'head.dense',
  ]);
});

test('a mixed block slices its channels in order and joins them again', () => {
  const graph = lower(tiny({ kernels: [3, 5, 7], dilations: [1, 2, 1], split: 'exponential' }));
  const parts = [0, 1, 2].map((i) => {
    const slice = named(graph, `blocks.0.split.${i}`);
    const conv = named(graph, `blocks.0.depthwise.${i}`);
    expect(inputsOf(graph, conv)).toEqual([slice]);
    return [
      slice.kind === 'slice' && slice.begin,
      slice.shape[2],
      conv.kind === 'depthwiseConv2d' && [conv.kernel, conv.dilation],
    ];
  });
  expect(parts).toEqual([
    [0, 8, [3, 1]],
    [8, 4, [5, 2]],
    [12, 4, [7, 1]],
  ]);
  expect(named(graph, 'blocks.0.concat').shape).toEqual([8, 8, 16]);
});

test('an expansion of 1 has no expand convolution', () => {
  expect(names(lower(tiny({ expansion: 1 })))).not.toContain('blocks.0.expand');
});

test('the skip connection is there exactly when shapes agree', () => {
  expect(names(lower(tiny({})))).toContain('blocks.0.add');
  expect(names(lower(tiny({ out: 16 })))).not.toContain('blocks.0.add');
  expect(names(lower(tiny({ stride: 2 })))).not.toContain('blocks.0.add');
});

test('squeeze-and-excitation takes its ratio of the block input and squeezes to at least one channel', () => {
  expect(named(lower(tiny({ seRatio: 0.5 })), 'blocks.0.se.reduce')).toMatchObject({
    shape: [1, 1, 4],
    bias: true,
  });
  expect(named(lower(tiny({ seRatio: 0.01 })), 'blocks.0.se.reduce').shape).toEqual([1, 1, 1]);
});

test('a gate weighs the groups by the mean of the expanded input, after the activation', () => {
  const graph = lower(tiny({ kernels: [3, 5], gate: 'soft' }));
  const scale = named(graph, 'blocks.0.gate.scale');
  expect(scale).toMatchObject({ kind: 'groupScale', sizes: [8, 8], gate: 'soft', shape: [8, 8, 16] });
  expect(inputsOf(graph, scale).map((op) => op.name)).toEqual([
    'blocks.0.depthwise.act',
    'blocks.0.gate.softmax',
  ]);
  expect(inputsOf(graph, named(graph, 'blocks.0.gate.mean'))).toEqual([named(graph, 'blocks.0.expand.act')]);
  expect(named(graph, 'blocks.0.gate.softmax').shape).toEqual([1, 1, 2]);
});

test('a gate over one group is left out', () => {
  expect(lower(tiny({ gate: 'hard' })).ops.map((op) => op.kind)).not.toContain('groupScale');
});

test('every op reads earlier ops and ids are positions', () => {
  fc.assert(
    fc.property(anyArchitecture, (architecture) => {
      const { ops } = lower(architecture);
      ops.forEach((op, i) => {
        expect(op.id).toBe(i);
        expect(op.inputs.every((id) => id >= 0 && id < i)).toBe(true);
      });
      expect(new Set(ops.map((op) => op.name)).size).toBe(ops.length);
    }),
    { numRuns: 50 },
  );
});

test('convolutions have SAME shapes: the input divided by the stride, rounded up', () => {
  fc.assert(
    fc.property(anyArchitecture, fc.integer({ min: 1, max: 300 }), (architecture, resolution) => {
      const graph = lower(architecture, { resolution });
      for (const op of graph.ops) {
        if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') continue;
        const [height, width] = (inputsOf(graph, op)[0] as Op).shape;
        expect(op.shape.slice(0, 2)).toEqual([Math.ceil(height / op.stride), Math.ceil(width / op.stride)]);
      }
    }),
    { numRuns: 50 },
  );
});

test('the slices of a block are its split', () => {
  fc.assert(
    fc.property(anyArchitecture, (architecture) => {
      const { ops } = lower(architecture);
      mixBlocksOf(architecture).forEach((b, index) => {
        const own = ops.filter((op) => op.block === index);
        const sizes = own.filter((op) => op.kind === 'depthwiseConv2d').map((op) => op.shape[2]);
        const total = sizes.reduce((sum, n) => sum + n, 0);
        expect(sizes).toEqual(splitChannels(total, b.kernels.length, b.split));
      });
    }),
    { numRuns: 50 },
  );
});

test('resolution and classes change shapes, never names, kinds or order', () => {
  fc.assert(
    fc.property(anyArchitecture, fc.integer({ min: 1, max: 300 }), (architecture, resolution) => {
      const other = lower(architecture, { resolution, classes: 1000 });
      expect(names(other)).toEqual(names(lower(architecture)));
      expect(other).toMatchObject({ resolution, classes: 1000 });
      expect(other.ops[0]?.shape).toEqual([resolution, resolution, 3]);
      expect(other.ops.at(-1)?.shape).toEqual([1, 1, 1000]);
    }),
    { numRuns: 50 },
  );
});

test.each([
  [{ expandGroups: 3 }, /Block 0: expandGroups 3 does not divide its 8 input/],
  [{ projectGroups: 5 }, /Block 0: projectGroups 5 does not divide its 16 expanded/],
  [{ expansion: 1, kernels: [1, 1, 3, 3, 5, 5, 7, 7], out: 9, projectGroups: 2 }, /and 9 output channels/],
])('channels that do not divide among groups are refused by block: %j', (first, message) => {
  expect(() => lower(tiny(first))).toThrow(expect.objectContaining({ code: 'bad-config' }));
  expect(() => lower(tiny(first))).toThrow(message);
});

test('more kernels than channels are refused by block', () => {
  const architecture = { ...tiny({ expansion: 1, kernels: [3, 5, 7] }), stem: tiny({}).stem };
  const narrow = { ...architecture, stem: { ...architecture.stem, out: 2 } };
  expect(() => lower(narrow)).toThrow(/Block 0: 2 expanded channels are too few for 3 kernels/);
});
