import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { type LayerGraph, lower, parseArchitecture } from '../../models/index.js';
import { interpret } from '../test-helpers/interpreter.js';
import { encodeOnnx } from './encode.js';
import { type NamedWeights, type WeightArray, randomWeights } from '../weights.js';

/** Random weights with statistics that make folding visible. */
function trainedLooking(graph: LayerGraph, seed: string): NamedWeights {
  const random = createRandom(seed);
  const weights = new Map<string, WeightArray>(randomWeights(graph, random));
  for (const [name, { shape, data }] of weights) {
    if (/\.(gamma|variance)$/.test(name))
      weights.set(name, { shape, data: data.map(() => 0.5 + random.next()) });
  }
  return weights;
}

async function runOnnx(bytes: Uint8Array, image: Float32Array, resolution: number): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const nchw = new Float32Array(image.length);
  const pixels = resolution * resolution;
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < 3; c++) nchw[c * pixels + p] = image[p * 3 + c] as number;
  }
  const fed = { image: new ort.Tensor('float32', nchw, [1, 3, resolution, resolution]) };
  const { output } = await session.run(fed);
  await session.release();
  return output?.data as Float32Array;
}

const activation = fc.constantFrom('relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid', 'linear');
const block = fc
  .record({
    kernels: fc.array(fc.constantFrom(1, 3, 5, 7), { minLength: 1, maxLength: 3 }),
    dilated: fc.boolean(),
    split: fc.constantFrom('equal', 'exponential'),
    gate: fc.constantFrom('none', 'soft', 'hard'),
    gateThreshold: fc.constantFrom(0.9, 'learned'),
    gateWeights: fc.constantFrom('softmax', 'sigmoid'),
    expansion: fc.constantFrom(1, 2, 3),
    groups: fc.constantFrom(1, 2),
    seRatio: fc.constantFrom(0, 0.25),
    seStyle: fc.constantFrom('mixnet', 'mobilenet-v3'),
    activation,
    stride: fc.constantFrom(1, 2),
    out: fc.constantFrom(4, 8),
  })
  .map(({ dilated, groups, ...rest }) => ({
    ...rest,
    op: 'inverted-residual',
    expandGroups: groups,
    projectGroups: groups,
    dilations: rest.kernels.map(() => (dilated && rest.stride === 1 ? 2 : 1)),
  }));

/** Blocks of the other kinds, whole. */
const other = fc.oneof(
  fc.record({ op: fc.constant('depthwise-separable'), out: fc.constantFrom(4, 8), activation }),
  fc.record({ op: fc.constant('shuffle'), stride: fc.constant(2), out: fc.constantFrom(4, 8), activation }),
  fc
    .record({
      op: fc.constantFrom('universal-inverted-bottleneck', 'fused-inverted-residual', 'ghost', 'convolution'),
      kernel: fc.constantFrom(3, 5),
      startKernel: fc.constantFrom(0, 3, 5),
      middleKernel: fc.constantFrom(3, 7),
      expansion: fc.constantFrom(1, 2, 3),
      seRatio: fc.constantFrom(0, 0.25),
      activation,
      stride: fc.constantFrom(1, 2),
      out: fc.constantFrom(4, 8),
    })
    .map(({ kernel, startKernel, middleKernel, expansion, seRatio, ...rest }) => ({
      ...rest,
      ...(rest.op === 'universal-inverted-bottleneck' ? { startKernel, middleKernel } : { kernel }),
      ...(rest.op !== 'convolution' && { expansion }),
      ...(rest.op === 'ghost' && { seRatio, middle: rest.stride === 2 }),
    })),
  fc.record({ op: fc.constant('max-pool'), kernel: fc.constantFrom(1, 3), stride: fc.constantFrom(1, 2) }),
  fc.record({
    op: fc.constant('mobile-vit'),
    dim: fc.constantFrom(4, 8),
    depth: fc.constantFrom(1, 2),
    heads: fc.constantFrom(1, 2, 4),
    patch: fc.constantFrom(1, 2, 3),
    activation,
  }),
);

test('ONNX Runtime computes what the graph says, for any blocks, padding, gates and folding', async () => {
  const architecture = fc.record({
    resolution: fc.constantFrom(7, 8, 11),
    classes: fc.constant(3),
    stem: fc.record({ out: fc.constantFrom(4, 8), stride: fc.constantFrom(1, 2), activation }),
    blocks: fc.array(fc.oneof(block, other), { minLength: 1, maxLength: 2 }),
    head: fc.record({
      out: fc.constantFrom(0, 6),
      dropout: fc.constant(0.2),
      hidden: fc.option(fc.record({ out: fc.constant(5), batchNorm: fc.boolean(), activation }), {
        nil: undefined,
      }),
    }),
  });
  await fc.assert(
    fc.asyncProperty(architecture, fc.string(), async (input, seed) => {
      const graph = lower(parseArchitecture(input));
      const weights = trainedLooking(graph, seed);
      const random = createRandom(seed);
      const image = Float32Array.from({ length: graph.resolution ** 2 * 3 }, () => random.normal());
      const expected = interpret(graph, weights, image);
      const found = await runOnnx(encodeOnnx(graph, weights), image, graph.resolution);
      const scale = Math.max(1e-3, ...expected.map(Math.abs));
      expect(found.length).toBe(expected.length);
      for (const [i, value] of found.entries()) {
        expect(Math.abs(value - (expected[i] as number)) / scale).toBeLessThan(1e-4);
      }
    }),
    { numRuns: 80 },
  );
});

test('a piece of a network that ends in a batch norm gives what that was folded into', async () => {
  const blocks = [{ op: 'inverted-residual', kernels: [3], expansion: 1, out: 4 }];
  const input = { resolution: 6, classes: 2, stem: { out: 5 }, blocks, head: { out: 0 } };
  const whole = lower(parseArchitecture(input));
  const end = whole.ops.findIndex((op) => op.kind === 'batchNorm');
  const graph = { ...whole, ops: whole.ops.slice(0, end + 1) };
  const weights = trainedLooking(graph, 'piece');
  const random = createRandom('piece');
  const image = Float32Array.from({ length: 6 * 6 * 3 }, () => random.normal());
  const expected = interpret(graph, weights, image);
  const found = await runOnnx(encodeOnnx(graph, weights), image, 6);
  const { shape } = graph.ops[end] as (typeof graph.ops)[0];
  const [height, width, channels] = shape;
  expect(found.length).toBe(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < channels; c++) {
      expect(found[c * height * width + pixel]).toBeCloseTo(expected[pixel * channels + c] as number, 4);
    }
  }
});
