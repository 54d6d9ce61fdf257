import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { tflite } from '../../formats/index.js';
import type { Architecture } from '../../models/index.js';
import { type CheckRuntime, loadLiteRt, loadTfliteC } from '../check/index.js';
import { interpret } from '../interpret/index.js';
import { type LoweredGraph, lowerNetwork, targetOptions } from '../lower/index.js';
import { featureArchitectures, gatedArchitecture } from '../test-helpers/features.js';
import { relativeDifference, someData, someImage, someWeights } from '../test-helpers/networks.js';
import { encodeTflite } from '../tflite/index.js';
import { equalise } from './equalise.js';
import { type QuantizeOptions, createSimulation, layerErrors, quantizeGraph } from './index.js';
import { quantizationOf, toFloats, toIntegers } from './parameters.js';

let runtimes: CheckRuntime[];
beforeAll(async () => {
  runtimes = [await loadLiteRt(), loadTfliteC()].filter((runtime) => runtime !== undefined);
  if (runtimes.length === 0) throw new Error('no runtime for TFLite files is installed');
}, 180_000);

const plain: QuantizeOptions = { calibration: 'mse', equalise: false, correctBias: true, io: 'float' };
const all = Object.entries({ ...featureArchitectures, gates: gatedArchitecture });

function example(architecture: Architecture): { graph: LoweredGraph; images: Float32Array[] } {
  const random = createRandom(`int8 ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const images = Array.from({ length: 12 }, () => someImage(architecture, random));
  return { graph: lowerNetwork(architecture, weights, someData, targetOptions('any')), images };
}

test.each(all)(
  '%s: runtimes compute what the simulation says, near the float network',
  async (_, architecture) => {
    const { graph, images } = example(architecture);
    const quantized = quantizeGraph(graph, images, plain);
    const bytes = encodeTflite(quantized);
    const simulate = createSimulation(quantized);
    const last = quantized.graph.nodes.at(-1)?.inputs[0] ?? 0;
    const step = quantized.values[last]?.scale[0] as number;
    for (const runtime of runtimes) {
      const model = await runtime.load(bytes);
      for (const image of images.slice(0, 4)) {
        const actual = await model.run(image);
        const simulated = simulate(image);
        // TensorFlow Lite 2.9 computes HARD_SWISH and SOFTMAX in 16 bits.
        simulated.forEach((value, i) =>
          expect(Math.abs(value - (actual[i] as number)) / step).toBeLessThan(6.5),
        );
        expect(relativeDifference(simulated, interpret(graph, image))).toBeLessThan(0.1);
      }
      model.dispose();
    }
  },
);

test('values have the scales of the specification', () => {
  for (const [name, architecture] of all) {
    const { graph, images } = example(architecture);
    const { graph: own, values } = quantizeGraph(graph, images, { ...plain, io: 'int8' });
    const scaleOf = (id: number) => values[id]?.scale[0];
    for (const node of own.nodes) {
      const [x = 0, kernel = 0, bias = 0] = node.inputs;
      const [y = 0] = node.outputs;
      if (!values[y]) continue;
      if (node.kind === 'softmax' || (node.kind === 'unary' && node.operator === 'logistic')) {
        expect(values[y], `in ${name}`).toMatchObject({ zeroPoint: -128, scale: Float32Array.of(1 / 256) });
      }
      if (['concat', 'split', 'slice', 'maxPool', 'reshape', 'transpose'].includes(node.kind)) {
        for (const id of [...node.inputs, ...node.outputs])
          expect(values[id], `in ${node.name}`).toEqual(values[y]);
      }
      if (node.kind !== 'conv2d' && node.kind !== 'depthwiseConv2d' && node.kind !== 'dense') continue;
      const [weights, biases] = [values[kernel], values[bias]];
      const channels = own.values[bias]?.shape[0];
      expect(weights?.scale.length, `in ${node.name}`).toBe(node.kind === 'dense' ? 1 : channels);
      expect(weights?.axis).toBe(node.kind === 'depthwiseConv2d' ? 3 : 0);
      expect(Math.min(...(weights?.data ?? []))).toBeGreaterThanOrEqual(-127);
      biases?.scale.forEach((scale, c) =>
        expect(scale).toBe(Math.fround((scaleOf(x) as number) * (weights?.scale[c] as number))),
      );
    }
  }
});

test('equalised weights compute the same, and layers between which ReLU lies are as large', () => {
  const { graph, images } = example(featureArchitectures['ghost modules'] as Architecture);
  for (const [, architecture] of all) {
    const { graph: one, images: some } = example(architecture);
    const image = some[0] as Float32Array;
    expect(relativeDifference(interpret(equalise(one), image), interpret(one, image))).toBeLessThan(1e-4);
  }
  const changed = equalise(graph).values.filter(
    ({ data }, id) => data && data.some((v, i) => v !== graph.values[id]?.data?.[i]),
  );
  expect(changed.length).toBeGreaterThan(0);
  expect(images.length).toBe(12);
});

test('correcting biases and cutting ranges bring the logits nearer where they matter', () => {
  const errors = (options: Partial<QuantizeOptions>) =>
    all.map(([, architecture]) => {
      const { graph, images } = example(architecture);
      const simulate = createSimulation(quantizeGraph(graph, images, { ...plain, ...options }));
      return relativeDifference(
        simulate(images[0] as Float32Array),
        interpret(graph, images[0] as Float32Array),
      );
    });
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const [corrected, uncorrected] = [sum(errors({})), sum(errors({ correctBias: false }))];
  expect(corrected).toBeLessThan(uncorrected * 1.1);
  for (const calibration of ['min-max', 'percentile'] as const)
    expect(sum(errors({ calibration }))).toBeLessThan(1);
});

test('the error of each layer is that of its own rounding, and adds up', () => {
  const { graph, images } = example(
    featureArchitectures['squeeze-and-excitation of both styles'] as Architecture,
  );
  const quantized = quantizeGraph(graph, images, plain);
  const errors = layerErrors(quantized, images.slice(0, 3));
  expect(errors.map(({ name }) => name)).toContain('blocks.0.depthwise.0');
  for (const { own, error } of errors) {
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(0.2);
    expect(error).toBeLessThan(0.5);
  }
  // Errors of before reach the layers behind them.
  expect(errors.filter(({ own, error }) => error > own).length).toBeGreaterThan(errors.length / 2);
});

test('integers hold 0 exactly and round as QUANTIZE does', () => {
  const quantization = quantizationOf({ min: 0.5, max: 3 });
  expect(toFloats(toIntegers(Float32Array.of(0), [1], quantization), [1], quantization)).toEqual(
    Float32Array.of(0),
  );
  const half = { type: 'int8', scale: Float32Array.of(1), zeroPoint: 0 } as const;
  expect([...toIntegers(Float32Array.of(0.5, -0.5, 1.5, 200, -200), [5], half)]).toEqual([
    1, -1, 2, 127, -128,
  ]);
});

test('int8 files have the versions that runtimes of 2020 know, and the same bytes', () => {
  const { graph, images } = example(gatedArchitecture);
  const bytes = encodeTflite(quantizeGraph(graph, images, { ...plain, io: 'int8' }));
  expect(Buffer.compare(bytes, encodeTflite(quantizeGraph(graph, images, { ...plain, io: 'int8' })))).toBe(0);
  const model = tflite.readTables(bytes, 'gated.tflite');
  const versions = (model.operatorCodes ?? []).map(
    ({ code, version }) => `${tflite.builtinOperators[code]} ${version}`,
  );
  for (const known of [
    'CONV_2D 3',
    'DEPTHWISE_CONV_2D 3',
    'FULLY_CONNECTED 4',
    'SOFTMAX 2',
    'LOGISTIC 2',
    'MUL 2',
    'CONCATENATION 2',
  ]) {
    expect(versions).toContain(known);
  }
  expect(versions.some((text) => text.startsWith('QUANTIZE') || text.startsWith('DEQUANTIZE'))).toBe(false);
});
