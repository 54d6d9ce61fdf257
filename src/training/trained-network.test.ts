import { expect, test } from 'vitest';
import { lower, parseArchitecture } from '../models/index.js';
import { initialWeights } from './network/variables.js';
import { type TrainedNetwork, decodeNetwork, encodeNetwork } from './trained-network.js';
import { encodeWeights } from './weights.js';

const architecture = parseArchitecture({
  resolution: 16,
  classes: 2,
  stem: { out: 4 },
  blocks: [{ op: 'inverted-residual', kernels: [3], expansion: 1, out: 4 }],
  head: { out: 0 },
});
const network: TrainedNetwork = {
  architecture,
  weights: initialWeights(lower(architecture), 1),
  data: {
    spec: { name: 'textures', seed: 1, size: 64, resolution: 16, classes: 2 },
    mean: [0.1, 0.2, 0.3],
    std: [1, 2, 3],
    classes: ['fine', 'coarse'],
  },
};

test('a trained network is read back as it was written', () => {
  expect(decodeNetwork(encodeNetwork(network))).toEqual(network);
});

test('a file that says nothing of its architecture, or lies about it, is refused by name', () => {
  const { weights } = network;
  expect(() => decodeNetwork(encodeWeights(weights), 'a.safetensors')).toThrow(
    'a.safetensors: its `architecture` is missing, so mixnas did not write it.',
  );
  expect(() => decodeNetwork(encodeWeights(weights, { architecture: '{' }), 'a')).toThrow(/^a: .* is broken/);
  const wider = { ...architecture, stem: { ...architecture.stem, out: 8 } };
  expect(() => decodeNetwork(encodeNetwork({ ...network, architecture: wider }), 'a')).toThrow(
    'a: stem.conv.kernel has the shape [3, 3, 3, 4], the network wants [3, 3, 3, 8].',
  );
});

test('weights that are not numbers are refused by name', () => {
  const weights = new Map(network.weights);
  const { shape, data } = weights.get('stem.conv.kernel') as { shape: number[]; data: Float32Array };
  for (const odd of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    weights.set('stem.conv.kernel', { shape, data: data.with(3, odd) });
    expect(() => decodeNetwork(encodeNetwork({ ...network, weights }), 'a.safetensors')).toThrow(
      `a.safetensors: stem.conv.kernel holds ${odd}, so the network can say nothing.`,
    );
  }
});
