/**
 * The portable convolutions and batch normalisation on every backend, and TensorFlow's own kernels:
 * forward against plain loops in double precision, gradients against differences.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Random, createRandom } from '../../base/index.js';
import { type Runtime, load } from './load.js';
import { tfjsNodePaths } from './locate.js';
import type { ConvGeometry } from './native.js';
import { portableBatchNorm, portableConv2d, portableDepthwiseConv2d } from './portable.js';

type Shape = [number, number, number, number];

/** One kind of convolution as the tests see it. */
interface Convolution {
  forward(x: Tensor4D, w: Tensor4D, geometry: ConvGeometry): Tensor4D;
  gradients(x: Tensor4D, w: Tensor4D, dy: Tensor4D, geometry: ConvGeometry): Tensor[];
}

type Gradients = { y: Tensor4D; variance: Tensor1D; gradients: Tensor[] };

interface Implementation {
  conv2d: Convolution;
  depthwise: Convolution;
  batchNorm(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, dy: Tensor4D): Gradients;
}

const epsilon = 1e-3;

function portable({ tf }: Runtime): Implementation {
  const convolution = (op: typeof portableConv2d): Convolution => ({
    forward: (x, w, geometry) => op(tf, x, w, geometry),
    gradients: (x, w, dy, geometry) =>
      tf.grads((x, w) => op(tf, x as Tensor4D, w as Tensor4D, geometry))([x, w], dy),
  });
  return {
    conv2d: convolution(portableConv2d),
    depthwise: convolution(portableDepthwiseConv2d),
    batchNorm(x, gamma, beta, dy) {
      const { y, variance } = portableBatchNorm(tf, x, gamma, beta, epsilon);
      const gradients = tf.grads(
        (x, gamma, beta) =>
          portableBatchNorm(tf, x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, epsilon).y,
      )([x, gamma, beta], dy);
      return { y, variance, gradients };
    },
  };
}

function native({ native }: Runtime): Implementation {
  if (!native) throw new Error('no native kernels');
  return {
    conv2d: {
      forward: native.conv2d,
      gradients: (x, w, dy, geometry) => [
        native.conv2dBackpropInput(x.shape, w, dy, geometry),
        native.conv2dBackpropFilter(x, w.shape, dy, geometry),
      ],
    },
    depthwise: {
      forward: native.depthwiseConv2d,
      gradients: (x, w, dy, geometry) => [
        native.depthwiseConv2dBackpropInput(x.shape, w, dy, geometry),
        native.depthwiseConv2dBackpropFilter(x, w.shape, dy, geometry),
      ],
    },
    batchNorm(x, gamma, beta, dy) {
      const { y, variance, saved } = native.fusedBatchNorm(x, gamma, beta, epsilon);
      const { dx, dGamma, dBeta } = native.fusedBatchNormGrad(dy, x, gamma, saved, epsilon);
      return { y, variance, gradients: [dx, dGamma, dBeta] };
    },
  };
}

// tfjs-node is not everywhere: on the portable rung its rows are not there, and nothing is skipped.
const rows = [
  { name: 'portable on wasm', backend: 'portable', make: portable },
  { name: 'portable on plain JavaScript', backend: 'cpu', make: portable },
  ...(tfjsNodePaths().length > 0
    ? ([
        { name: 'portable on TensorFlow', backend: 'tfjs-node', make: portable },
        { name: 'TensorFlow kernels', backend: 'tfjs-node', make: native },
      ] as const)
    : []),
] as const;

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
  geometry: Required<ConvGeometry>,
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

describe.each(rows)('$name', ({ backend, make }) => {
  let runtime: Runtime;
  let ops: Implementation;

  beforeAll(async () => {
    runtime = await load(backend, 1);
    ops = make(runtime);
  });
  beforeEach(() => runtime.tf.setBackend(runtime.backend));

  describe.each(['conv2d', 'depthwise'] as const)('%s', (kind) => {
    test('equals the definition, its gradients equal differences, and no tensor is left', () => {
      const { tf } = runtime;
      fc.assert(
        fc.property(cases, ({ batch, height, width, input, output, kernel, geometry, seed }) => {
          const random = createRandom(seed);
          const xShape: Shape = [batch, height, width, input];
          const wShape: Shape = [kernel, kernel, input, kind === 'depthwise' ? 1 : output];
          const [x, otherX] = [normals(random, size(xShape)), normals(random, size(xShape))];
          const [w, otherW] = [normals(random, size(wShape)), normals(random, size(wShape))];
          const reference = (x: Float32Array, w: Float32Array) =>
            convolve(x, xShape, w, wShape, geometry, kind === 'depthwise');
          const expected = reference(x, w);
          const dy = normals(random, size(expected.shape));

          const before = tf.memory().numTensors;
          const { y, dx, dw } = tf.tidy(() => {
            const [xs, ws] = [tf.tensor4d(x, xShape), tf.tensor4d(w, wShape)];
            const y = ops[kind].forward(xs, ws, geometry);
            expect(y.shape).toEqual(expected.shape);
            const [dx, dw] = ops[kind].gradients(xs, ws, tf.tensor4d(dy, expected.shape), geometry);
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

  test('batch norm equals its definition, its gradients equal differences, and no tensor is left', () => {
    const { tf } = runtime;
    const shape: Shape = [3, 2, 3, 4];
    const random = createRandom('batch norm');
    const count = size(shape) / 4;
    const values = {
      x: normals(random, size(shape)).map((v) => 3 * v + 1),
      gamma: normals(random, 4),
      beta: normals(random, 4),
    };
    const dy = normals(random, size(shape));
    const channel = (x: ArrayLike<number>, c: number) => Array.from(x).filter((_, i) => i % 4 === c);
    const variance = (x: ArrayLike<number>) => {
      const mean = Array.from(x).reduce((a, b) => a + b, 0) / count;
      return { mean, variance: Array.from(x).reduce((sum, v) => sum + (v - mean) ** 2, 0) / count };
    };
    const reference = ({ x, gamma, beta }: { [key in 'x' | 'gamma' | 'beta']: ArrayLike<number> }) => {
      const stats = [0, 1, 2, 3].map((c) => variance(channel(x, c)));
      return Array.from(x, (v, i) => {
        const { mean, variance } = stats[i % 4] ?? { mean: 0, variance: 0 };
        return ((v - mean) / Math.sqrt(variance + epsilon)) * (gamma[i % 4] ?? 0) + (beta[i % 4] ?? 0);
      });
    };

    const before = tf.memory().numTensors;
    const result = tf.tidy(() => {
      const { y, variance, gradients } = ops.batchNorm(
        tf.tensor4d(values.x, shape),
        tf.tensor1d(values.gamma),
        tf.tensor1d(values.beta),
        tf.tensor4d(dy, shape),
      );
      return {
        y: y.dataSync(),
        variance: variance.dataSync(),
        gradients: gradients.map((g) => g.dataSync()),
      };
    });
    expect(tf.memory().numTensors).toBe(before);

    reference(values).forEach((value, i) => expect(result.y[i]).toBeCloseTo(value, 4));
    for (const c of [0, 1, 2, 3]) {
      const corrected = (variance(channel(values.x, c)).variance * count) / (count - 1);
      expect(result.variance[c]).toBeCloseTo(corrected, 4);
    }
    (['x', 'gamma', 'beta'] as const).forEach((name, n) => {
      values[name].forEach((value, i) => {
        const shifted = (by: number) =>
          reference({ ...values, [name]: Array.from(values[name], (v, j) => (i === j ? value + by : v)) });
        const difference = (dot(dy, shifted(1e-5)) - dot(dy, shifted(-1e-5))) / 2e-5;
        expect(result.gradients[n]?.[i]).toBeCloseTo(difference, 3);
      });
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
