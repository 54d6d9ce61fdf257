/**
 * Zeros between the elements of a tensor: a dilated kernel as an ordinary one, a strided gradient as a
 * dense one.
 *
 * TensorFlow's device kernels for the CPU refuse a dilation in the gradients, or silently ignore it (depthwise, with
 * oneDNN), and tfjs throws. With the zeros inserted the convolution is the same, gradients included.
 */
import type { Rank, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

/**
 * Inserts `step - 1` zeros between neighbours along an axis, so that n elements become
 * `(n - 1) * step + 1`. Differentiable.
 */
export function insertZeros(tf: Tf, x: Tensor4D, axis: 0 | 1 | 2, step: number): Tensor4D {
  if (step === 1) return x;
  const before = product(x.shape.slice(0, axis + 1));
  const after = product(x.shape.slice(axis + 1));
  const shape: [number, number, number, number] = [...x.shape];
  // Each element becomes a row of itself and its zeros; the last row's zeros are cut off again.
  const spread = tf.pad(tf.reshape(x, [before, 1, after]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  shape[axis] *= step;
  const padded = tf.reshape<Rank.R4>(spread, shape);
  shape[axis] -= step - 1;
  return tf.slice(padded, [0, 0, 0, 0], shape);
}

/** Inserts `dilation - 1` zeros between the taps of `[k, k, in, out]`. Differentiable. */
export function dilateKernel(tf: Tf, w: Tensor4D, dilation: number): Tensor4D {
  return insertZeros(tf, insertZeros(tf, w, 0, dilation), 1, dilation);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
