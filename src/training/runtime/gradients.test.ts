/**
 * What a MixNet is trained with, on every backend: convolutions against plain loops in double precision,
 * all gradients against differences.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Random, createRandom } from '../../base/index.js';
import { convolution } from './convolution.js';
import { dilateKernel } from './dilation.js';
import { type BackendChoice, type Runtime, load } from './load.js';
import { tfjsNodePaths } from './locate.js';

type Shape = [number, number, number, number];

interface Geometry {
  readonly stride: number;
  readonly dilation: number;
}

// tfjs-node is not everywhere: on the portable rung it is not tested, and nothing is skipped.
const backends: readonly BackendChoice[] = [
  'portable',
  'cpu',
  ...(tfjsNodePaths().length > 0 ? (['tfjs-node'] as const) : []),
];

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const normals = (random: Random, count: number) =>
  Float32Array.from({ length: count }, () => random.normal());
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);

/** SAME convolution by its definition, in double precision. */
function convolve(
  x: Float32Array,
  xShape: Shape,
  w: Float32Array,
  wShape: Shape,
  geometry: Geometry,
  depthwise: boolean,
) {
  const [batch, height, width, input] = xShape;
  const [rows, columns, , multiplier] = wShape;
  const { stride, dilation } = geometry;
  const out: Shape = [
    batch,
    Math.ceil(height / stride),
    Math.ceil(width / stride),
    depthwise ? input : multiplier,
  ];
  const before = (n: number, k: number) =>
    Math.floor(Math.max(0, (Math.ceil(n / stride) - 1) * stride + (k - 1) * dilation + 1 - n) / 2);
  const y: number[] = [];
  for (let index = 0; index < size(out); index++) {
    const o = index % out[3];
    const j = Math.floor(index / out[3]) % out[2];
    const i = Math.floor(index / out[3] / out[2]) % out[1];
    const b = Math.floor(index / out[3] / out[2] / out[1]);
    let sum = 0;
    for (let k = 0; k < rows; k++) {
      for (let l = 0; l < columns; l++) {
        const r = i * stride + k * dilation - before(height, rows);
        const c = j * stride + l * dilation - before(width, columns);
        if (r < 0 || r >= height || c < 0 || c >= width) continue;
        for (const channel of depthwise ? [o] : Array(input).keys()) {
          const tap = ((k * columns + l) * input + channel) * multiplier + (depthwise ? 0 : o);
          sum += (x[((b * height + r) * width + c) * input + channel] ?? 0) * (w[tap] ?? 0);
        }
      }
    }
    y.push(sum);
  }
  return { y, shape: out };
}

const cases = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  input: fc.integer({ min: 1, max: 5 }),
  output: fc.integer({ min: 1, max: 4 }),
  kernel: fc.constantFrom(1, 3, 5, 7),
  geometry: fc.record({ stride: fc.constantFrom(1, 2), dilation: fc.constantFrom(1, 2, 3) }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

describe.each(backends)('%s', (backend) => {
  let runtime: Runtime;

  beforeAll(async () => {
    runtime = await load(backend, 1);
  });
  beforeEach(() => runtime.tf.setBackend(runtime.backend));

  describe.each(['conv2d', 'depthwiseConv2d'] as const)('%s', (kind) => {
    test('equals the definition, its gradients equal differences, and no tensor is left', () => {
      const { tf } = runtime;
      fc.assert(
        fc.property(cases, ({ batch, height, width, input, output, kernel, geometry, seed }) => {
          const random = createRandom(seed);
          const xShape: Shape = [batch, height, width, input];
          const wShape: Shape = [kernel, kernel, input, kind === 'depthwiseConv2d' ? 1 : output];
          const [x, otherX] = [normals(random, size(xShape)), normals(random, size(xShape))];
          const [w, otherW] = [normals(random, size(wShape)), normals(random, size(wShape))];
          const reference = (x: Float32Array, w: Float32Array) =>
            convolve(x, xShape, w, wShape, geometry, kind === 'depthwiseConv2d');
          const expected = reference(x, w);
          const dy = normals(random, size(expected.shape));

          const op = (x: Tensor4D, w: Tensor4D) =>
            kind === 'conv2d'
              ? convolution(tf, x, w, geometry.stride, geometry.dilation)
              : tf.depthwiseConv2d(x, dilateKernel(tf, w, geometry.dilation), geometry.stride, 'same');
          const before = tf.memory().numTensors;
          const { y, dx, dw } = tf.tidy(() => {
            const [xs, ws] = [tf.tensor4d(x, xShape), tf.tensor4d(w, wShape)];
            const y = op(xs, ws);
            expect(y.shape).toEqual(expected.shape);
            const [dx, dw] = tf.grads((x, w) => op(x as Tensor4D, w as Tensor4D))(
              [xs, ws],
              tf.tensor4d(dy, expected.shape),
            );
            expect([dx?.shape, dw?.shape]).toEqual([xShape, wShape]);
            return { y: y.dataSync(), dx: dx?.dataSync() ?? [], dw: dw?.dataSync() ?? [] };
          });
          expect(tf.memory().numTensors).toBe(before);

          const tolerance = 1e-5 * (10 + size(wShape) + size(expected.shape));
          expect(
            Math.max(...expected.y.map((value, i) => Math.abs(value - (y[i] ?? Number.NaN)))),
          ).toBeLessThan(tolerance);
          // The convolution is linear in x and in w, so that a difference of any step is exact.
          expect(Math.abs(dot(dx, otherX) - dot(dy, reference(otherX, w).y))).toBeLessThan(tolerance);
          expect(Math.abs(dot(dw, otherW) - dot(dy, reference(x, otherW).y))).toBeLessThan(tolerance);
        }),
        { numRuns: 40, seed: 1 },
      );
    });
  });

  test.each<[string, (tf: Runtime['tf'], x: Tensor) => Tensor]>([
    ['relu', (tf, x) => tf.relu(x)],
    ['relu6', (tf, x) => tf.relu6(tf.mul(x, 4))],
    ['swish', (tf, x) => tf.mul(x, tf.sigmoid(x))],
    ['h-swish', (tf, x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))],
    ['global mean and scale', (tf, x) => tf.mul(x, tf.sigmoid(tf.mean(x, [1, 2], true)))],
    [
      'split and concat',
      (tf, x) =>
        tf.concat(
          tf.split(x, [1, 3], 3).map((part, i) => tf.mul(part, i + 2)),
          3,
        ),
    ],
    [
      'pad and slice',
      (tf, x) =>
        tf.slice(
          tf.pad(x, [
            [0, 0],
            [2, 1],
            [1, 2],
            [0, 0],
          ]),
          [0, 1, 0, 1],
          [2, 4, 5, 2],
        ),
    ],
    [
      'cross entropy',
      (tf, x) =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([3, 0], 'int32'), 36), tf.reshape(x, [2, 36])),
    ],
    ['dense', (tf, x) => tf.matMul(tf.reshape(x, [2, 36]), tf.reshape(tf.slice(x, 0, 1), [36, 1]))],
  ])('the gradient of %s equals differences', (_, f) => {
    const { tf } = runtime;
    const shape: Shape = [2, 3, 3, 4];
    // Away from the kinks of relu and relu6, where there is no derivative.
    const x = normals(createRandom('x'), size(shape)).map((v) => (Math.abs(v) < 0.05 ? 0.1 : v));
    const total = (x: Float32Array) =>
      tf.tidy(() => {
        const y = f(tf, tf.tensor4d(x, shape));
        return (
          tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape)))).dataSync()[0] ?? Number.NaN
        );
      });
    const before = tf.memory().numTensors;
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => {
          const y = f(tf, x);
          return tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape))));
        })(tf.tensor4d(x, shape))
        .dataSync(),
    );
    expect(tf.memory().numTensors).toBe(before);
    for (let i = 0; i < x.length; i += 5) {
      const shifted = (by: number) => total(x.map((v, j) => (i === j ? v + by : v)));
      expect(gradient[i]).toBeCloseTo((shifted(0.01) - shifted(-0.01)) / 0.02, 1);
    }
  });
});
