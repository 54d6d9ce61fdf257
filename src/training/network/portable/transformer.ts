/** Pooling, layer normalisation and attention in portable ops that every backend can differentiate. */
import type { Rank, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { type AttentionOp, type LayerNormOp, type MaxPoolOp, attentionMask } from '../../../models/index.js';
import type { Tf } from '../../runtime/index.js';

/** What stands outside the image for a maximum. */
const lowest = -1e30;

/**
 * The maximum over a window as maxima of shifted images: not every backend has the gradient of
 * pooling. Of equal values the first gets the gradient, as in TensorFlow.
 */
export function maxPool(
  tf: Tf,
  x: Tensor4D,
  { shape, kernel, stride }: Pick<MaxPoolOp, 'shape' | 'kernel' | 'stride'>,
): Tensor4D {
  const [outHeight, outWidth, channels] = shape;
  const before = (size: number, out: number) =>
    Math.floor(Math.max((out - 1) * stride + kernel - size, 0) / 2);
  const padding = (size: number, out: number): [number, number] => {
    const start = before(size, out);
    return [start, Math.max(0, kernel - 1 + out * stride - size - start)];
  };
  const pads: [number, number][] = [
    [0, 0],
    padding(x.shape[1], outHeight),
    padding(x.shape[2], outWidth),
    [0, 0],
  ];
  const padded = tf.pad(x, pads, lowest);
  const shifted = (row: number, column: number) => {
    const size = [-1, outHeight * stride, outWidth * stride, channels];
    const part = tf.slice<Rank.R4, Tensor4D>(padded, [0, row, column, 0], size);
    if (stride === 1) return part;
    const cells = tf.reshape(part, [-1, outHeight, stride, outWidth, stride, channels]);
    const first = tf.slice(cells, [0, 0, 0, 0, 0, 0], [-1, outHeight, 1, outWidth, 1, channels]);
    return tf.reshape<Rank.R4>(first, [-1, outHeight, outWidth, channels] as unknown as [
      number,
      number,
      number,
      number,
    ]);
  };
  let largest = shifted(0, 0);
  for (let k = 1; k < kernel * kernel; k++) {
    largest = tf.maximum(largest, shifted(Math.floor(k / kernel), k % kernel));
  }
  return largest;
}

export function layerNorm(
  tf: Tf,
  x: Tensor4D,
  { epsilon }: LayerNormOp,
  gamma: Tensor1D,
  beta: Tensor1D,
): Tensor4D {
  const centred = tf.sub(x, tf.mean(x, 3, true));
  const variance = tf.mean(tf.square(centred), 3, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
}

export function attention(tf: Tf, x: Tensor4D, op: AttentionOp): Tensor4D {
  const { heads, patch } = op;
  const [height, width, channels] = op.shape;
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const [below, right] = [rows * patch - height, columns * patch - width];
  const size = channels / heads;
  const sets = rows * columns;
  const padded = tf.pad(x, [
    [0, 0],
    [0, below],
    [0, right],
    [0, 0],
  ]);
  const toSets = (part: number) => {
    const own = tf.slice(padded, [0, 0, 0, part * channels], [-1, -1, -1, channels]);
    const cut = tf.reshape(own, [-1, rows, patch, columns, patch, heads, size]);
    return tf.reshape(tf.transpose(cut, [0, 2, 4, 5, 1, 3, 6]), [-1, sets, size]);
  };
  const products = tf.mul(tf.matMul(toSets(0), toSets(1), false, true), 1 / Math.sqrt(size));
  const mask = tf.tensor(attentionMask(op), [1, patch * patch, 1, sets]);
  const scores = tf.add(tf.reshape(products, [-1, patch * patch, heads * sets, sets]), mask);
  const weights = tf.reshape(tf.softmax(scores), [-1, sets, sets]);
  const mixed = tf.reshape(tf.matMul(weights, toSets(2)), [-1, patch, patch, heads, rows, columns, size]);
  const map: Tensor = tf.reshape(tf.transpose(mixed, [0, 4, 1, 5, 2, 3, 6]), [
    -1,
    rows * patch,
    columns * patch,
    channels,
  ]);
  return tf.slice(map, [0, 0, 0, 0], [-1, height, width, channels]) as Tensor4D;
}
