import { crc32 } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { tflite } from '../../formats/index.js';
import { type Architecture } from '../../models/index.js';
import { type CheckRuntime, loadLiteRt, loadTfliteC } from '../check/index.js';
import { interpret } from '../interpret/index.js';
import { type LowerOptions, lowerNetwork, targetOptions } from '../lower/index.js';
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
import { encodeTflite } from './encode.js';

/** LiteRT, and TensorFlow Lite of 2022 where it is installed. */
let runtimes: CheckRuntime[];
beforeAll(async () => {
  runtimes = [await loadLiteRt(), loadTfliteC()].filter((runtime) => runtime !== undefined);
  if (runtimes.length === 0) throw new Error('no runtime for TFLite files is installed');
}, 180_000);

function example(architecture: Architecture, options: LowerOptions = targetOptions('any')) {
  const random = createRandom(`tflite ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const image = someImage(architecture, random);
  return { weights, image, graph: lowerNetwork(architecture, weights, someData, options) };
}

async function run(runtime: CheckRuntime, bytes: Uint8Array, image: Float32Array): Promise<Float32Array> {
  const model = await runtime.load(bytes);
  try {
    return Float32Array.from(await model.run(image));
  } finally {
    model.dispose();
  }
}

test.each(Object.entries({ ...featureArchitectures, gates: gatedArchitecture }))(
  '%s: every runtime computes what was trained',
  async (_, architecture) => {
    const options = targetOptions('any');
    const { weights, image, graph } = example(architecture);
    const expected = await trainedLogits(architecture, weights, image, options);
    for (const runtime of runtimes) {
      const whole = await run(runtime, encodeTflite(graph), image);
      expect(relativeDifference(whole, expected), `in ${runtime.name}`).toBeLessThan(1e-5);
      const half = await run(runtime, encodeTflite(graph, { weights: 'float16' }), image);
      expect(relativeDifference(half, expected), `in ${runtime.name}`).toBeLessThan(5e-3);
    }
  },
);

test.each(['cifar-small.yaml', 'mixnet-imagenet.yaml', 'universal-mobile.yaml'])(
  'random architectures of %s run as they were trained',
  async (space) => {
    for (const architecture of randomArchitectures(space, 2, 32)) {
      const { weights, image, graph } = example(architecture);
      const expected = await trainedLogits(architecture, weights, image, targetOptions('any'));
      for (const runtime of runtimes) {
        const actual = await run(runtime, encodeTflite(graph), image);
        expect(relativeDifference(actual, expected), `${architecture.name} ${runtime.name}`).toBeLessThan(
          1e-4,
        );
      }
    }
  },
);

test('choices of targets that LiteRT takes give the same numbers', async () => {
  const runtime = (await loadLiteRt()) as CheckRuntime;
  for (const target of ['cpu', 'gpu', 'ethos-u'] as const) {
    const architecture = featureArchitectures['grouped expand and project'] as Architecture;
    const { image, graph } = example(architecture, { ...targetOptions(target), activation: 'each-group' });
    expect(
      relativeDifference(await run(runtime, encodeTflite(graph), image), interpret(graph, image)),
    ).toBeLessThan(1e-5);
  }
});

test('the same network gives the same bytes, in well under two seconds at 224', () => {
  const architecture = referenceAt('mixnet-s', 224);
  const { graph } = example(architecture);
  const begin = performance.now();
  const bytes = encodeTflite(graph);
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(Buffer.compare(bytes, encodeTflite(example(architecture).graph))).toBe(0);
});

test('ops have the lowest versions, and old runtimes the code where they look for it', () => {
  const { graph } = example(
    featureArchitectures['dilated kernels, sigmoid and hard sigmoid'] as Architecture,
  );
  const model = tflite.readTables(encodeTflite(graph), 'dilated.tflite');
  const versions = (model.operatorCodes ?? []).map(({ code, oldCode, version }) => {
    expect(oldCode).toBe(code);
    return `${tflite.builtinOperators[code]} ${version}`;
  });
  expect(versions).toContain('CONV_2D 1');
  expect(versions).toContain('DEPTHWISE_CONV_2D 2');
  expect(versions).toContain('FULLY_CONNECTED 1');
});

test('a file says its input, output, labels and normalisation', () => {
  const { graph } = example(featureArchitectures['ghost modules'] as Architecture);
  const model = tflite.readTables(encodeTflite(graph), 'ghost.tflite');
  const tensors = model.subgraphs?.[0]?.tensors ?? [];
  expect(model.signatures?.[0]).toMatchObject({
    key: 'serving_default',
    inputs: [{ name: 'image' }],
    outputs: [{ name: 'logits' }],
  });
  expect(tensors.find(({ name }) => name === 'image')?.shape).toEqual([1, 10, 10, 3]);
  const metadata = model.metadata?.find(({ name }) => name === 'mixnas');
  const data = model.buffers?.[metadata?.buffer ?? 0]?.data;
  expect(JSON.parse(new TextDecoder().decode(data))).toMatchObject({
    labels: someData.labels,
    mean: someData.mean,
  });
});

test('the labels are an archive behind the model, and the standard metadata name it', () => {
  const { graph } = example(featureArchitectures['ghost modules'] as Architecture);
  const bytes = Buffer.from(encodeTflite(graph));
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const central = bytes.readUInt32LE(end + 16);
  const local = bytes.readUInt32LE(central + 42);
  const size = bytes.readUInt32LE(local + 18);
  const begin = local + 30 + bytes.readUInt16LE(local + 26);
  expect(bytes.subarray(local + 30, begin).toString()).toBe('labels.txt');
  expect(bytes.subarray(begin, begin + size).toString()).toBe('cat\ndog\n');
  expect(bytes.readUInt32LE(local + 14)).toBe(crc32('cat\ndog\n'));
  const model = tflite.readTables(bytes, 'ghost.tflite');
  const entry = model.metadata?.find(({ name }) => name === 'TFLITE_METADATA');
  const standard = Buffer.from(model.buffers?.[entry?.buffer ?? 0]?.data ?? []);
  expect(standard.subarray(4, 8).toString()).toBe('M001');
  for (const text of ['labels.txt', 'image', 'logits']) expect(standard.includes(text)).toBe(true);
  const mean = Buffer.alloc(4);
  mean.writeFloatLE(255 * (someData.mean[1] as number));
  expect(standard.includes(mean)).toBe(true);
});

test('a file that is no network is refused in one sentence', async () => {
  const { graph } = example(featureArchitectures['ghost modules'] as Architecture);
  const bytes = encodeTflite(graph).slice(0, 400);
  for (const runtime of runtimes) {
    await expect(runtime.load(bytes)).rejects.toMatchObject({ code: 'evaluation-failed' });
  }
});
