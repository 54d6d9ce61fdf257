/** Batch normalisation in few portable ops, with its gradient written out. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../../runtime/index.js';

/** gamma * (x - mean) / sqrt(variance + epsilon) + beta, as one scale and one shift a channel. */
export function normalize(
  tf: Tf,
  x: Tensor4D,
  mean: Tensor1D,
  variance: Tensor1D,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
): Tensor4D {
  return tf.tidy(() => {
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
  });
}

/**
 * Training-time batch normalisation of NHWC `x`, with the batch's mean and its variance with Bessel's
 * correction for the running statistics. The gradient is that of Ioffe and Szegedy (arXiv 1502.03167):
 * dx = gamma / s * (dy - mean(dy) - xhat * mean(dy * xhat)).
 */
export function batchNorm(
  tf: Tf,
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor; variance: Tensor } {
  const axes = [0, 1, 2];
  const count = x.size / x.shape[3];
  const { mean, variance } = tf.tidy(() => tf.moments(x, axes));
  const normalized = tf.customGrad((input, scale, shift, save) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const unit = tf.mul(tf.sub(input as Tensor, mean), inverse);
    const y = tf.add(tf.mul(unit, scale as Tensor), shift as Tensor);
    (save as (tensors: Tensor[]) => void)([unit, inverse, scale as Tensor]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [xhat, inverseDeviation, weight] = saved as [Tensor, Tensor, Tensor];
        const byShift = tf.sum(dy, axes);
        const byScale = tf.sum(tf.mul(dy, xhat), axes);
        const centred = tf.sub(dy, tf.add(tf.mul(xhat, tf.div(byScale, count)), tf.div(byShift, count)));
        return [tf.mul(centred, tf.mul(weight, inverseDeviation)), byScale, byShift];
      },
    };
  });
  return {
    y: normalized(x, gamma, beta) as Tensor4D,
    mean,
    variance: tf.mul(variance, count / Math.max(1, count - 1)),
  };
}
