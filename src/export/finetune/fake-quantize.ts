/**
 * Rounding to 8-bit integers that training can see through: forward a number becomes the one that its integer stands
 * for, backward the gradient passes as though it had not been rounded (straight-through; Jacob et al. 2018,
 * arXiv 1712.05877, section 3).
 */
import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../../training/index.js';

type Tf = Runtime['tf'];

/** Where a range ends, in steps from its zero. */
export interface Steps {
  readonly low: number;
  readonly high: number;
}

export const stepsOf = (zeroPoint: number): Steps => ({ low: -128 - zeroPoint, high: 127 - zeroPoint });

/** The nearest numbers of a range; no gradient. */
export const rounded = <T extends Tensor>(tf: Tf, x: T, scale: number | Scalar, { low, high }: Steps): T =>
  tf.mul(tf.clipByValue(tf.round(tf.div(x, scale)), low, high), scale);

/**
 * The same with gradients: what is clipped has none, and the scale has that of learnt step sizes (Esser et al. 2020,
 * arXiv 1902.08153, equation 3).
 */
export function fakeQuantize<T extends Tensor>(tf: Tf, x: T, scale: Scalar, { low, high }: Steps): T {
  const op = tf.customGrad((...all) => {
    const [value, step, save] = all as unknown as [T, Scalar, (tensors: Tensor[]) => void];
    save([value, step]);
    return {
      value: rounded(tf, value, step, { low, high }),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [from, by] = saved as [T, Scalar];
        const exact = tf.div(from, by);
        const clipped = tf.clipByValue(exact, low, high);
        const inside = tf.cast(tf.equal(clipped, exact), 'float32');
        const byScale = tf.sub(tf.round(clipped), tf.mul(exact, inside));
        return [tf.mul(dy, inside), tf.sum(tf.mul(dy, byScale))];
      },
    };
  });
  return op(x, scale);
}

/**
 * A kernel as its 8-bit integers have it, one scale for each place of `axis` (for the whole where there is none), from
 * the largest weight there; the gradient passes unchanged, as nothing is clipped.
 * @param least of the largest weight, what the scale of a channel is for at least.
 */
export function fakeQuantizeKernel<R extends Rank>(
  tf: Tf,
  kernel: Tensor<R>,
  axis: number | undefined,
  least: number,
): Tensor<R> {
  const op = tf.customGrad((...all) => {
    const [weights] = all as unknown as [Tensor<R>];
    const sizes = tf.abs(weights);
    const axes = weights.shape.flatMap((_, i) => (i === axis ? [] : [i]));
    const floor = tf.add(tf.mul(tf.max(sizes), least), 1e-10);
    const scale = tf.div(tf.maximum(tf.max(sizes, axis === undefined ? undefined : axes, true), floor), 127);
    return { value: tf.mul(tf.round(tf.div(weights, scale)), scale), gradFunc: (dy: Tensor) => dy };
  });
  return op(kernel) as Tensor<R>;
}
