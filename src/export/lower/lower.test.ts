import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { type Architecture, referenceNames } from '../../models/index.js';
import { interpret } from '../interpret/index.js';
import { featureArchitectures, gatedArchitecture } from '../test-helpers/features.js';
import {
  randomArchitectures,
  referenceAt,
  relativeDifference,
  someData,
  someImage,
  someWeights,
  trainedLogits,
} from '../test-helpers/networks.js';
import { type LowerOptions, lowerNetwork, targetOptions } from './index.js';

const plain = targetOptions('any');

/** The interpreted lowered graph against the network that was trained. */
async function differenceOf(architecture: Architecture, options: LowerOptions = plain): Promise<number> {
  const random = createRandom(`lower ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const image = someImage(architecture, random);
  const graph = lowerNetwork(architecture, weights, someData, options);
  const expected = await trainedLogits(architecture, weights, image, options);
  return relativeDifference(interpret(graph, image), expected);
}

const others: Partial<LowerOptions>[] = [
  {},
  { groupedConvolution: 'native', activation: 'each-group', hardSwish: 'arithmetic' },
  { swish: 'hard-swish' },
];

test.each(Object.entries(featureArchitectures))('%s: computes what was trained', async (_, architecture) => {
  for (const choice of others)
    expect(await differenceOf(architecture, { ...plain, ...choice })).toBeLessThan(1e-5);
});

test('gates are soft, and at an operating point the same as with groups switched off', async () => {
  for (const groups of [undefined, 3, 2, 1]) {
    for (const choice of others) {
      const options = { ...plain, ...choice, groups };
      expect(await differenceOf(gatedArchitecture, options), `${groups} groups`).toBeLessThan(1e-5);
    }
  }
});

test('an operating point has no layer for what is switched off', () => {
  const weights = someWeights(gatedArchitecture, createRandom(1));
  const names = (groups: number) =>
    lowerNetwork(gatedArchitecture, weights, someData, { ...plain, groups }).nodes.map(({ name }) => name);
  expect(names(1)).toContain('blocks.1.depthwise.1');
  expect(names(1)).not.toContain('blocks.1.depthwise.0');
  expect(names(2)).toContain('blocks.1.depthwise.0');
  expect(() =>
    lowerNetwork(featureArchitectures['ghost modules'] as Architecture, weights, someData, {
      ...plain,
      groups: 1,
    }),
  ).toThrow('no gates');
});

test.each(['cifar-small.yaml', 'cifar-mobile.yaml', 'mixnet-imagenet.yaml', 'universal-mobile.yaml'])(
  'random architectures of %s compute what was trained',
  async (space) => {
    for (const architecture of randomArchitectures(space, 3, 32)) {
      expect(await differenceOf(architecture), `${architecture.name}`).toBeLessThan(1e-5);
    }
  },
);

test.each(['mixnet-s', 'mobilenet-v3-small', 'mobilenet-v4-conv-s', 'shufflenet-v2-1.0', 'ghostnet-1.0'])(
  '%s computes what was trained',
  async (name) => {
    expect(referenceNames).toContain(name);
    expect(await differenceOf(referenceAt(name, 40))).toBeLessThan(1e-5);
  },
);

test('names, biases and splits are what delegates and people want', () => {
  const architecture = featureArchitectures[
    'relu and relu6, mixed kernels of equal and unequal groups'
  ] as Architecture;
  const graph = lowerNetwork(architecture, someWeights(architecture, createRandom(2)), someData, plain);
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  expect(byName.get('blocks.0.split')).toMatchObject({ kind: 'split', block: 0 });
  expect(byName.get('blocks.0.depthwise.1')).toMatchObject({
    kind: 'depthwiseConv2d',
    fused: 'relu',
    block: 0,
  });
  expect(byName.get('blocks.1.split.2')?.kind).toBe('slice');
  expect(byName.get('blocks.2.split.4')?.kind).toBe('slice');
  for (const node of graph.nodes) {
    if (node.kind === 'conv2d' || node.kind === 'depthwiseConv2d') expect(node.inputs).toHaveLength(3);
  }
  expect(new Set(graph.values.map(({ name }) => name)).size).toBe(graph.values.length);
  expect(graph.values[graph.output]?.name).toBe('logits');
});
