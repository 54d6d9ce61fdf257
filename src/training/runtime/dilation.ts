/**
 * A dilated kernel as an ordinary one: zeros between its taps.
 *
 * TensorFlow's CPU kernels refuse a dilation in the gradients, or silently ignore it (depthwise, with
 * oneDNN), and tfjs throws. With the zeros inserted the convolution is the same, gradients included.
 */
import type { Rank, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from './tf.js';

/** Inserts `dilation - 1` zeros between the taps of `[k, k, in, out]`. Differentiable. */
export function dilateKernel(tf: Tf, w: Tensor4D, dilation: number): Tensor4D {
  if (dilation === 1) return w;
  const [rows, columns, input, output] = w.shape;
  const gap = dilation - 1;
  // [k, 1, k, 1, in * out] padded to [k, d, k, d, in * out], flattened, and the tail of zeros cut off.
  const spread = tf.pad(tf.reshape(w, [rows, 1, columns, input * output]), [
    [0, 0],
    [0, gap],
    [0, 0],
    [0, 0],
  ]);
  const wide = tf.pad(tf.reshape(spread, [rows * dilation, columns, 1, input * output]), [
    [0, 0],
    [0, 0],
    [0, gap],
    [0, 0],
  ]);
  return tf.slice<Rank.R4, Tensor4D>(
    tf.reshape(wide, [rows * dilation, columns * dilation, input, output]),
    [0, 0, 0, 0],
    [rows * dilation - gap, columns * dilation - gap, input, output],
  );
}

/** The taps of a dilated kernel: every `dilation`-th row and column of `[k, k, in, out]`. */
export function takeTaps(tf: Tf, w: Tensor4D, dilation: number): Tensor4D {
  if (dilation === 1) return w;
  return tf.stridedSlice(w, [0, 0, 0, 0], w.shape, [dilation, dilation, 1, 1]) as Tensor4D;
}
