import { beforeAll, expect, test } from 'vitest';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { createRandom } from '../../base/index.js';
import type { Architecture } from '../../models/index.js';
import { type Runtime, loadRuntime } from '../../training/index.js';
import { interpret } from '../interpret/index.js';
import { type LoweredGraph, type QuantizedGraph, lowerNetwork, targetOptions } from '../lower/index.js';
import { createSimulation, largestFactor, quantizeGraph } from '../quantize/index.js';
import { featureArchitectures, gatedArchitecture } from '../test-helpers/features.js';
import { relativeDifference, someData, someImage, someWeights } from '../test-helpers/networks.js';
import { encodeTflite } from '../tflite/index.js';
import { fakeQuantize, fakeQuantizeKernel, stepsOf } from './fake-quantize.js';
import { forward } from './forward.js';
import { createQuantizedNetwork, fineTune } from './index.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await loadRuntime();
}, 180_000);

const all = Object.entries({ ...featureArchitectures, gates: gatedArchitecture });

function example(architecture: Architecture): { graph: LoweredGraph; images: Float32Array[] } {
  const random = createRandom(`fine-tuning ${architecture.name}`);
  const weights = someWeights(architecture, random);
  const images = Array.from({ length: 16 }, () => someImage(architecture, random));
  const options = { ...targetOptions('any'), groupedConvolution: 'native' } as const;
  return { graph: lowerNetwork(architecture, weights, someData, options), images };
}

const quantize = (graph: LoweredGraph, images: readonly Float32Array[]) =>
  quantizeGraph(graph, images, { calibration: 'min-max', equalise: false, correctBias: true, io: 'float' });

function batchOf(images: readonly Float32Array[], { values, input }: LoweredGraph): Tensor4D {
  const [, height = 1, width = 1, channels = 1] = values[input]?.shape ?? [];
  const data = Float32Array.from(images.flatMap((image) => [...image]));
  return runtime.tf.tensor4d(data, [images.length, height, width, channels]);
}

test.each(all)(
  '%s: TensorFlow computes what is lowered, and what is quantized, image by image',
  (_, architecture) => {
    const { tf } = runtime;
    const { graph, images } = example(architecture);
    const before = tf.memory().numTensors;
    const some = images.slice(0, 3);
    const batch = batchOf(some, graph);
    const rows = tf.tidy(() =>
      forward(tf, graph, batch, {
        constant: (id) => {
          const { data, shape } = graph.values[id] as LoweredGraph['values'][number];
          return tf.tensor((data as Float32Array).slice(), [...shape]);
        },
        value: (__, x) => x,
      }).arraySync(),
    );
    rows.forEach((row, i) =>
      expect(relativeDifference(row, interpret(graph, some[i] as Float32Array))).toBeLessThan(1e-4),
    );
    const quantized = quantize(graph, images);
    const network = createQuantizedNetwork(runtime, quantized);
    const logits = network.predict(batch);
    const simulate = createSimulation(quantized);
    const last = quantized.graph.nodes.at(-1)?.inputs[0] ?? 0;
    const step = quantized.values[last]?.scale[0] as number;
    logits
      .arraySync()
      .forEach((row, i) =>
        simulate(some[i] as Float32Array).forEach((value, c) =>
          expect(Math.abs(value - (row[c] as number)) / step).toBeLessThan(1.5),
        ),
      );
    for (const tensor of [batch, logits, network]) tensor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('gradients pass what is rounded, stop at what is clipped, and tell the scale', () => {
  const { tf } = runtime;
  const x = tf.tensor1d([0.26, -0.1, 5, -5]);
  const scale = tf.scalar(0.5);
  // Steps from -4 to 3: 0.26 is 0.52 steps, rounded to 1; 5 and -5 are clipped.
  const f = (...[value, by]: Tensor[]) =>
    tf.sum(fakeQuantize(tf, value as Tensor, by as Scalar, { low: -4, high: 3 }));
  const made = [...fakeQuantize(tf, x, scale, { low: -4, high: 3 }).dataSync()];
  expect(made.map((value) => value + 0)).toEqual([0.5, 0, 1.5, -2]);
  const [byX, byScale] = tf.grads(f)([x, scale]) as [typeof x, Scalar];
  expect([...byX.dataSync()]).toEqual([1, 1, 0, 0]);
  expect(byScale.dataSync()[0]).toBeCloseTo(1 - 0.52 + (0 + 0.2) + 3 - 4, 5);
  expect(stepsOf(-128)).toEqual({ low: 0, high: 255 });
  const kernel = tf.tensor2d([1.27, 0.004, 0.0127, -0.00004], [2, 2]);
  const byRow = fakeQuantizeKernel(tf, kernel, 0, 1e-5).dataSync();
  expect(byRow[1]).toBeCloseTo(0, 6);
  expect(byRow[0]).toBeCloseTo(1.27, 6);
  expect(byRow[2]).toBeCloseTo(0.0127, 6);
});

/** Classes that the float network itself gives, in batches of four. */
function batches(graph: LoweredGraph, images: readonly Float32Array[]) {
  const labels = images.map((image) => {
    const logits = interpret(graph, image);
    return logits.indexOf(Math.max(...logits));
  });
  let at = 0;
  return async () => {
    const begin = (4 * at++) % images.length;
    const part = images.slice(begin, begin + 4);
    return {
      images: Float32Array.from(part.flatMap((image) => [...image])),
      labels: labels.slice(begin, begin + 4),
    };
  };
}

/** A network whose ranges are far too wide: what fine-tuning has to narrow. */
function coarse(graph: LoweredGraph, images: readonly Float32Array[]): QuantizedGraph {
  const wide = quantizeGraph(
    graph,
    images.map((image) => image.map((v) => 12 * v)),
    { calibration: 'min-max', equalise: false, correctBias: false, io: 'float' },
  );
  return wide;
}

test.each(['dilated kernels, sigmoid and hard sigmoid'])(
  '%s: fine-tuning lowers the loss of the integers, the same each time, and frees what it used',
  async (name) => {
    const { graph, images } = example(featureArchitectures[name] as Architecture);
    const source = coarse(graph, images);
    const before = runtime.tf.memory().numTensors;
    const losses: number[] = [];
    const options = () => ({ steps: 60, next: batches(graph, images) });
    const tuned = await fineTune(runtime, source, { ...options(), onStep: (__, loss) => losses.push(loss) });
    expect(runtime.tf.memory().numTensors).toBe(before);
    expect(losses).toHaveLength(60);
    const mean = (part: readonly number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)));
    expect(tuned.values.some((value, id) => value?.scale[0] !== source.values[id]?.scale[0])).toBe(true);
    const again = await fineTune(runtime, source, options());
    expect(Buffer.compare(encodeTflite(again), encodeTflite(tuned))).toBe(0);
    // Scales stay within what runtimes compute.
    for (const { kind, inputs, outputs } of tuned.graph.nodes) {
      if (kind !== 'conv2d' && kind !== 'depthwiseConv2d' && kind !== 'dense') continue;
      const [x, kernel] = inputs.map((id) => tuned.values[id]);
      const output = tuned.values[outputs[0] as number]?.scale[0] as number;
      for (const scale of kernel?.scale ?? [])
        expect(((x?.scale[0] as number) * scale) / output).toBeLessThanOrEqual(largestFactor * 1.001);
    }
  },
);
