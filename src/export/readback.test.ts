/** What is written is read: every kind of network as TFLite, with the multiplications of its layers, and the same bytes. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { readModel } from '../formats/index.js';
import {
  type Architecture,
  type AttentionOp,
  type Op,
  countCost,
  lower,
  referenceNames,
} from '../models/index.js';
import { deployedArchitecture, lowerNetwork, targetOptions } from './lower/index.js';
import { quantizeGraph } from './quantize/index.js';
import { featureArchitectures, gatedArchitecture } from './test-helpers/features.js';
import {
  randomArchitectures,
  referenceAt,
  someData,
  someImage,
  someWeights,
} from './test-helpers/networks.js';
import { encodeTflite } from './tflite/index.js';

function filesOf(architecture: Architecture): Readonly<Record<'float32' | 'float16' | 'int8', Uint8Array>> {
  const random = createRandom(`readback ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const graph = lowerNetwork(architecture, weights, someData, targetOptions('any'));
  const images = [someImage(architecture, random)];
  const options = { calibration: 'min-max', equalise: true, correctBias: true, io: 'float' } as const;
  return {
    float32: encodeTflite(graph),
    float16: encodeTflite(graph, { weights: 'float16' }),
    int8: encodeTflite(quantizeGraph(graph, images, options)),
  };
}

/**
 * What a file has more than its network: a gate spreads by a dense layer, and attention over maps that patches do not
 * fill multiplies what is beyond their border, too.
 */
function more(op: Op): number {
  if (op.kind === 'groupScale') return op.shape[2] * op.sizes.length;
  if (op.kind !== 'attention') return 0;
  const [height, width, channels] = op.shape;
  const patches = Math.ceil(height / op.patch) * Math.ceil(width / op.patch);
  const products = (pixelsOfPatch: number, count: number) => 2 * pixelsOfPatch * count * count * channels;
  return products(op.patch ** 2, patches) - attentionMacs(op);
}

/** Queries with keys, and the mixture of values, among the pixels of the same place of each patch. */
function attentionMacs({ shape: [height, width, channels], patch }: AttentionOp): number {
  const places = Array.from({ length: patch * patch }, (_, place) => {
    const rows = Math.ceil((height - Math.floor(place / patch)) / patch);
    return rows * Math.ceil((width - (place % patch)) / patch);
  });
  return places.reduce((sum, count) => sum + 2 * count * count * channels, 0);
}

/** The multiplications of the network that is in the file, hard gates soft. */
function macsOf(architecture: Architecture): number {
  const graph = lower(deployedArchitecture(architecture, targetOptions('any')));
  return graph.ops.reduce((sum, op) => sum + more(op), countCost(graph).macs);
}

/** Compares the files of an architecture with it; returns how many. */
function check(architecture: Architecture, twice = false): number {
  const files = filesOf(architecture);
  const again = twice ? filesOf(architecture) : files;
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  for (const precision of ['float32', 'float16', 'int8'] as const) {
    const read = readModel(files[precision], `${architecture.name}-${precision}.tflite`);
    expect(read, `${architecture.name} in ${precision}`).toMatchObject({ precision, unknown: [] });
    expect(countCost(read.graph).macs, `${architecture.name} in ${precision}`).toBe(macsOf(architecture));
    expect(hash(again[precision])).toBe(hash(files[precision]));
  }
  return Object.keys(files).length;
}

test.each(Object.entries({ ...featureArchitectures, gates: gatedArchitecture }))(
  '%s: read back with the same multiplications, the same bytes each time',
  (name, architecture) => {
    expect(check({ ...architecture, name }, true)).toBe(3);
  },
);

test.each(['cifar-small.yaml', 'cifar-mobile.yaml', 'mixnet-imagenet.yaml', 'universal-mobile.yaml'])(
  'random architectures of %s are read back with the same multiplications',
  (space) => {
    for (const architecture of randomArchitectures(space, 1, 32)) expect(check(architecture)).toBe(3);
  },
);

test.each(referenceNames)('%s is read back with the same multiplications', (name) => {
  const architecture = referenceAt(name, 32);
  const random = createRandom(`readback ${name}`);
  const graph = lowerNetwork(architecture, someWeights(architecture, random), someData, targetOptions('any'));
  const read = readModel(encodeTflite(graph), `${name}.tflite`);
  expect(read.unknown).toEqual([]);
  expect(countCost(read.graph).macs).toBe(macsOf(architecture));
});
