/** Scales and zero points, as TensorFlow Lite's quantization specification wants them. */
import type { Quantization } from '../lower/index.js';
import type { Range } from './observe.js';

/** The output of LOGISTIC and SOFTMAX. */
export const fixedQuantization: Quantization = {
  type: 'int8',
  scale: Float32Array.of(1 / 256),
  zeroPoint: -128,
};

/** 8-bit integers that hold a range and 0 exactly. */
export function quantizationOf({ min, max }: Range): Quantization {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  // What is always 0 still has a scale, and a common one: runtimes refuse large factors, or are wrong.
  const scale = Math.fround((high - low < 1e-8 ? 1 : high - low) / 255);
  const zeroPoint = Math.min(127, Math.max(-128, Math.round(-128 - low / scale)));
  return { type: 'int8', scale: Float32Array.of(scale), zeroPoint };
}

/** The nearest integer, halves away from 0. */
export const nearest = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

/** Which of the scales of an array an element has: the step of its axis and the number of scales. */
function axisSteps(
  shape: readonly number[],
  { scale, axis = 0 }: Quantization,
): [step: number, count: number] {
  const step = scale.length === 1 ? shape : shape.slice(axis + 1);
  return [
    Math.max(
      1,
      step.reduce((a, b) => a * b, 1),
    ),
    scale.length,
  ];
}

/** Floats as integers. */
export function toIntegers(
  data: Float32Array,
  shape: readonly number[],
  quantization: Quantization,
): Int8Array | Int32Array {
  const { type, scale, zeroPoint, axis } = quantization;
  const [step, count] = axisSteps(shape, quantization);
  // Weights are symmetric, so -128 is never used.
  const low = type === 'int8' ? (axis === undefined ? -128 : -127) : -(2 ** 31);
  const high = type === 'int8' ? 127 : 2 ** 31 - 1;
  const result = type === 'int8' ? new Int8Array(data.length) : new Int32Array(data.length);
  // Plain loops over elements of one scale: activations are quantized by the million.
  for (let begin = 0, place = 0; begin < data.length; begin += step, place++) {
    const own = scale[place % count] as number;
    const end = Math.min(begin + step, data.length);
    for (let i = begin; i < end; i++) {
      const ratio = (data[i] as number) / own;
      const rounded = ratio < 0 ? -Math.round(-ratio) : Math.round(ratio);
      const value = rounded + zeroPoint;
      result[i] = value < low ? low : value > high ? high : value;
    }
  }
  return result;
}

/** Integers as the floats that they stand for. */
export function toFloats(
  data: ArrayLike<number>,
  shape: readonly number[],
  quantization: Quantization,
): Float32Array {
  const { scale, zeroPoint } = quantization;
  const [step, count] = axisSteps(shape, quantization);
  const result = new Float32Array(data.length);
  for (let begin = 0, place = 0; begin < data.length; begin += step, place++) {
    const own = scale[place % count] as number;
    const end = Math.min(begin + step, data.length);
    for (let i = begin; i < end; i++) result[i] = ((data[i] as number) - zeroPoint) * own;
  }
  return result;
}
