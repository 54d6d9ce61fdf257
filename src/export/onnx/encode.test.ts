import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { onnx, readModel } from '../../formats/index.js';
import { type Architecture, countCost, lower } from '../../models/index.js';
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
import { loadOnnxRuntime } from '../check/index.js';
import { createSimulation, quantizeGraph } from '../quantize/index.js';
import { encodeOnnxFile } from './encode.js';

function example(architecture: Architecture, options: LowerOptions = targetOptions('any')) {
  const random = createRandom(`onnx ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const image = someImage(architecture, random);
  return { weights, image, graph: lowerNetwork(architecture, weights, someData, options) };
}

/** The logits that ONNX Runtime gives to pixels [height, width, channels]. */
async function run(bytes: Uint8Array, image: Float32Array, { resolution, inputChannels }: Architecture) {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const pixels = resolution * resolution;
  const map = Float32Array.from(
    image,
    (_, i) => image[(i % pixels) * inputChannels + Math.floor(i / pixels)] as number,
  );
  const fed = { image: new ort.Tensor('float32', map, [1, inputChannels, resolution, resolution]) };
  const { logits } = await session.run(fed);
  await session.release();
  return logits?.data as Float32Array;
}

test.each(Object.entries({ ...featureArchitectures, gates: gatedArchitecture }))(
  '%s: ONNX Runtime computes what was trained',
  async (_, architecture) => {
    for (const target of ['any', 'cpu', 'ethos-u'] as const) {
      const options = targetOptions(target);
      const { weights, image, graph } = example(architecture, options);
      const expected = await trainedLogits(architecture, weights, image, options);
      const whole = await run(encodeOnnxFile(graph), image, architecture);
      expect(relativeDifference(whole, expected)).toBeLessThan(1e-5);
      const half = await run(encodeOnnxFile(graph, { weights: 'float16' }), image, architecture);
      expect(relativeDifference(half, expected)).toBeLessThan(5e-3);
    }
  },
);

test.each(['cifar-small.yaml', 'mixnet-imagenet.yaml', 'universal-mobile.yaml'])(
  'random architectures of %s run as they were trained, and are read with their multiplications',
  async (space) => {
    for (const architecture of randomArchitectures(space, 2, 32)) {
      const { weights, image, graph } = example(architecture);
      const expected = await trainedLogits(architecture, weights, image, targetOptions('any'));
      const bytes = encodeOnnxFile(graph);
      expect(relativeDifference(await run(bytes, image, architecture), expected)).toBeLessThan(1e-4);
    }
  },
);

test('MixNet-S at 224 is written fast, the same each time, and read back to the last multiplication', () => {
  const architecture = referenceAt('mixnet-s', 224);
  const { graph } = example(architecture);
  const begin = performance.now();
  const bytes = encodeOnnxFile(graph);
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(Buffer.compare(bytes, encodeOnnxFile(example(architecture).graph))).toBe(0);
  const read = readModel(bytes, 'mixnet-s.onnx');
  expect(countCost(read.graph).macs).toBe(countCost(lower(architecture)).macs);
  expect(read).toMatchObject({ unknown: [], precision: 'float32' });
  const half = encodeOnnxFile(graph, { weights: 'float16' });
  expect(half.length / bytes.length).toBeLessThan(0.55);
  expect(readModel(half, 'mixnet-s.onnx').precision).toBe('float16');
});

test('maps are never transposed outside of attention, names are those of the layers', () => {
  const { graph } = example(featureArchitectures['ghost modules'] as Architecture);
  const model = onnx.decodeModel(encodeOnnxFile(graph), 'ghost.onnx');
  const nodes = model.graph?.node ?? [];
  expect(nodes.map(({ opType }) => opType)).not.toContain('Transpose');
  const outputs = nodes.flatMap(({ output = [] }) => output);
  for (const { outputs: ids } of graph.nodes) {
    for (const id of ids) expect(outputs).toContain(graph.values[id]?.name);
  }
  expect(model.graph?.valueInfo?.length).toBeGreaterThan(10);
  const about = model.metadataProps?.find(({ key }) => key === 'mixnas')?.value;
  expect(JSON.parse(about ?? '')).toMatchObject({ labels: someData.labels, mean: someData.mean });
});

test('quantized in pairs, ONNX Runtime computes what was quantized, within a few steps', async () => {
  const runtime = await loadOnnxRuntime();
  for (const name of ['dilated kernels, sigmoid and hard sigmoid', 'ghost modules'] as const) {
    const architecture = featureArchitectures[name] as Architecture;
    const { graph, image } = example(architecture);
    const random = createRandom('calibration');
    const images = Array.from({ length: 8 }, () => someImage(architecture, random));
    const quantized = quantizeGraph(graph, images, {
      calibration: 'min-max',
      equalise: false,
      correctBias: false,
      io: 'float',
    });
    const bytes = encodeOnnxFile(quantized);
    const model = await runtime?.load(bytes);
    const actual = (await model?.run(image)) as Float32Array;
    model?.dispose();
    const promised = createSimulation(quantized)(image);
    const last = quantized.graph.nodes.at(-1);
    const step = quantized.values[last?.inputs[0] ?? -1]?.scale[0] as number;
    const apart = Math.max(...promised.map((value, i) => Math.abs(value - (actual[i] as number))));
    expect(apart / step).toBeLessThanOrEqual(4);
    expect(readModel(bytes, 'int8.onnx')).toMatchObject({ precision: 'int8', unknown: [] });
  }
});
