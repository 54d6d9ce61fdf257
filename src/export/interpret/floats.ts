/** Arithmetic of the lowered graph in 32-bit floats, sums in double precision. */
import type { BinaryNode, Fused, UnaryNode } from '../lower/index.js';
import { broadcastPlaces } from './movement.js';

type Shape = readonly number[];

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

const unaryFunctions: Readonly<Record<UnaryNode['operator'], (x: number) => number>> = {
  relu: (x) => Math.max(0, x),
  relu6: (x) => clamp(x, 0, 6),
  logistic: (x) => 1 / (1 + Math.exp(-x)),
  hardSwish: (x) => (x * clamp(x + 3, 0, 6)) / 6,
  rsqrt: (x) => 1 / Math.sqrt(x),
};

const binaryFunctions: Readonly<Record<BinaryNode['operator'], (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  squaredDifference: (x, y) => (x - y) * (x - y),
};

/** Applies a fused activation in place. */
export function activate(y: Float32Array, fused: Fused): Float32Array {
  if (fused === 'none') return y;
  const high = fused === 'relu6' ? 6 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < y.length; i++) {
    const value = y[i] as number;
    if (value < 0) y[i] = 0;
    else if (value > high) y[i] = high;
  }
  return y;
}

export function unary(operator: UnaryNode['operator'], x: Float32Array): Float32Array {
  const f = unaryFunctions[operator];
  const y = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = f(x[i] as number);
  return y;
}

export function binary(
  operator: BinaryNode['operator'],
  x: Float32Array,
  second: Float32Array,
  shape: Shape,
  secondShape: Shape,
): Float32Array {
  const f = binaryFunctions[operator];
  // Loops, not `map`, whose callback costs more than what it computes.
  const y = new Float32Array(x.length);
  if (second.length === x.length) {
    for (let i = 0; i < x.length; i++) y[i] = f(x[i] as number, second[i] as number);
    return y;
  }
  const places = broadcastPlaces(secondShape, shape);
  for (let i = 0; i < x.length; i++) y[i] = f(x[i] as number, second[places[i] as number] as number);
  return y;
}

/** `kernel` is `[units, in]`. */
export function dense(x: Float32Array, kernel: Float32Array, bias: Float32Array): Float32Array {
  return bias.map((b, o) => {
    let sum = b;
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (kernel[o * x.length + i] as number);
    return sum;
  });
}

/** The mean over axes that stay with size 1. */
export function mean(x: Float32Array, shape: Shape, to: Shape): Float32Array {
  const places = broadcastPlaces(to, shape);
  const sums = new Float64Array(to.reduce((a, b) => a * b, 1));
  for (let i = 0; i < x.length; i++) {
    const place = places[i] as number;
    sums[place] = (sums[place] as number) + (x[i] as number);
  }
  return Float32Array.from(sums, (sum) => (sum * sums.length) / x.length);
}

/** Over the last axis. */
export function softmax(x: Float32Array, width: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let begin = 0; begin < x.length; begin += width) {
    const row = x.subarray(begin, begin + width);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const powers = Float64Array.from(row, (v) => Math.exp(v - largest));
    const total = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, i) => {
      y[begin + i] = power / total;
    });
  }
  return y;
}

/** Products of the matrices in the last two axes. */
export function matmul(
  x: Float32Array,
  second: Float32Array,
  shape: Shape,
  to: Shape,
  transposeSecond: boolean,
): Float32Array {
  const [rows, columns] = to.slice(-2) as [number, number];
  const inner = shape.at(-1) as number;
  const y = new Float32Array(to.reduce((a, b) => a * b, 1));
  const matrices = y.length / (rows * columns);
  const [alongInner, alongColumns] = transposeSecond ? [1, inner] : [columns, 1];
  for (let m = 0; m < matrices; m++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let i = 0; i < inner; i++) {
          const other = m * inner * columns + i * alongInner + c * alongColumns;
          sum += (x[(m * rows + r) * inner + i] as number) * (second[other] as number);
        }
        y[(m * rows + r) * columns + c] = sum;
      }
    }
  }
  return y;
}
