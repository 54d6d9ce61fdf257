/** The SAME convolution, where a backend's own cannot be used as it is. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { dilateKernel } from './dilation.js';
import type { Tf } from './tf.js';

/**
 * Whether a convolution must be written as the depthwise one that it equals: from one channel to one,
 * oneDNN's gradient by the input is wrong on some processors (seen with TensorFlow 2.21 on an AMD EPYC with
 * AVX-512, for kernels 3, 5 and 7).
 */
export const asDepthwise = (input: number, output: number): boolean => input === 1 && output === 1;

/**
 * SAME convolution of `[batch, height, width, in]` with `[k, k, in, out]`, gradients included.
 *
 * @param dilation distance between neighbouring taps
 */
export function convolution(tf: Tf, x: Tensor4D, w: Tensor4D, stride: number, dilation: number): Tensor4D {
  const kernel = dilateKernel(tf, w, dilation);
  return asDepthwise(w.shape[2], w.shape[3])
    ? tf.depthwiseConv2d(x, kernel, stride, 'same')
    : tf.conv2d(x, kernel, stride, 'same');
}
