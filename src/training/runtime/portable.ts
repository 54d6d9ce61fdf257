/**
 * Convolutions and batch normalisation with gradients for every backend.
 *
 * tfjs's WebAssembly backend has no gradient kernels for convolutions, and plain JavaScript's are slow.
 * A convolution's gradients are convolutions themselves: by the input, of the output's gradient with the
 * flipped kernel; by the kernel, of the input with the output's gradient as the kernel, where batch and
 * channels change places. The forward kernels are fast everywhere. (One product a tap, the other way to
 * write it, is 5 to 20 times slower in WebAssembly.) All other gradients that a MixNet needs work there
 * as tfjs has them.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { dilateKernel, insertZeros, takeTaps } from './dilation.js';
import type { ConvGeometry } from './native.js';
import type { Tf } from './tf.js';

/** SAME convolution of NHWC `x` with `w` of `[k, k, in, out]`; differentiable on every backend. */
export function portableConv2d(tf: Tf, x: Tensor4D, w: Tensor4D, geometry: ConvGeometry = {}): Tensor4D {
  return differentiable(tf, x, w, geometry, {
    forward: (input, kernel, stride) => tf.conv2d(input, kernel, stride, 'same'),
    byInput: (dy, flipped) => tf.conv2d(dy, tf.transpose(flipped, [0, 1, 3, 2]), 1, 'valid'),
    // [in, H, W, batch] with [H, W, batch, out] gives [in, k, k, out].
    byKernel: (input, dy) =>
      tf.transpose(
        tf.conv2d(tf.transpose(input, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid'),
        [1, 2, 0, 3],
      ),
  });
}

/** SAME depthwise convolution of NHWC `x` with `w` of `[k, k, channels, 1]`; differentiable on every backend. */
export function portableDepthwiseConv2d(
  tf: Tf,
  x: Tensor4D,
  w: Tensor4D,
  geometry: ConvGeometry = {},
): Tensor4D {
  return differentiable(tf, x, w, geometry, {
    forward: (input, kernel, stride) => tf.depthwiseConv2d(input, kernel, stride, 'same'),
    byInput: (dy, flipped) => tf.depthwiseConv2d(dy, flipped, 1, 'valid'),
    // Every image's every channel is a channel of its own: [1, H, W, batch * channels].
    byKernel(input, dy) {
      const [batch, height, width, channels] = input.shape;
      const [, rows, columns] = dy.shape;
      const images = tf.reshape(tf.transpose(input, [1, 2, 0, 3]), [1, height, width, batch * channels]);
      const kernels = tf.reshape(tf.transpose(dy, [1, 2, 0, 3]), [rows, columns, batch * channels, 1]);
      const each = tf.depthwiseConv2d(images as Tensor4D, kernels as Tensor4D, 1, 'valid');
      const [, k, l] = each.shape;
      return tf.reshape(tf.sum(tf.reshape(each, [k, l, batch, channels]), 2), [k, l, channels, 1]);
    },
  });
}

/** A convolution and its gradients with stride 1, already padded. */
interface Pieces {
  forward(x: Tensor4D, w: Tensor4D, stride: number): Tensor4D;
  byInput(dy: Tensor4D, flipped: Tensor4D): Tensor4D;
  byKernel(x: Tensor4D, dy: Tensor4D): Tensor4D;
}

function differentiable(tf: Tf, x: Tensor4D, w: Tensor4D, geometry: ConvGeometry, pieces: Pieces): Tensor4D {
  const { stride = 1, dilation = 1 } = geometry;
  const convolve = tf.customGrad((...args) => {
    const [input, kernel, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([input, kernel]);
    return {
      value: pieces.forward(input, dilateKernel(tf, kernel, dilation), stride),
      gradFunc(dy, saved) {
        const [input, kernel] = saved as [Tensor4D, Tensor4D];
        const dilated = dilateKernel(tf, kernel, dilation);
        const dense = insertZeros(tf, insertZeros(tf, dy as Tensor4D, 1, stride), 2, stride);
        const rows = paddings(input.shape[1], dilated.shape[0], dense.shape[1]);
        const columns = paddings(input.shape[2], dilated.shape[1], dense.shape[2]);
        const dx = pieces.byInput(
          padOrCrop(tf, dense, rows.gradient, columns.gradient),
          tf.reverse(dilated, [0, 1]),
        );
        const dw = pieces.byKernel(padOrCrop(tf, input, rows.input, columns.input), dense);
        return [dx, takeTaps(tf, dw, dilation)];
      },
    };
  });
  return convolve(x, w) as Tensor4D;
}

type Padding = readonly [before: number, after: number];

/**
 * The padding of a SAME convolution along one axis, as TensorFlow has it (the odd one comes after), and
 * that of its dense gradient. Negative where the stride leaves some of the input unused.
 */
function paddings(input: number, kernel: number, dense: number) {
  const missing = dense + kernel - 1 - input;
  const before = Math.max(0, Math.floor(missing / 2));
  const after = missing - before;
  return {
    input: [before, after] satisfies Padding,
    gradient: [kernel - 1 - before, kernel - 1 - after] satisfies Padding,
  };
}

/** Pads rows and columns with zeros; a negative padding at the end cuts off instead. */
function padOrCrop(tf: Tf, x: Tensor4D, rows: Padding, columns: Padding): Tensor4D {
  const padded = tf.pad(x, [
    [0, 0],
    [rows[0], Math.max(0, rows[1])],
    [columns[0], Math.max(0, columns[1])],
    [0, 0],
  ]);
  if (rows[1] >= 0 && columns[1] >= 0) return padded;
  const [batch, height, width, channels] = padded.shape;
  return tf.slice(
    padded,
    [0, 0, 0, 0],
    [batch, height + Math.min(0, rows[1]), width + Math.min(0, columns[1]), channels],
  );
}

/**
 * Training-time batch normalisation of NHWC `x` with `gamma`, `beta` of `[channels]`; `y` is
 * differentiable by all three (Ioffe and Szegedy, arXiv 1502.03167, section 3). `variance` has Bessel's
 * correction, for running statistics, as TensorFlow's fused kernel gives it. The closed form costs a
 * tenth of what tfjs composes from moments.
 */
export function portableBatchNorm(
  tf: Tf,
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const count = x.size / x.shape[3];
  const channelSum = (t: Tensor) => tf.sum<Tensor1D>(t, [0, 1, 2]);
  const { mean, variance } = tf.tidy(() => {
    const mean = tf.div<Tensor1D>(channelSum(x), count);
    return { mean, variance: tf.div<Tensor1D>(channelSum(tf.squaredDifference(x, mean)), count) };
  });
  const normalise = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor4D, Tensor, Tensor, (tensors: Tensor[]) => void];
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normal = tf.mul(tf.sub(x, mean), inverse);
    save([normal, inverse, gamma]);
    return {
      value: tf.add(tf.mul(normal, gamma), beta),
      gradFunc(dy, saved) {
        const [normal, inverse, gamma] = saved as [Tensor, Tensor, Tensor];
        const dGamma = channelSum(tf.mul(dy, normal));
        const dBeta = channelSum(dy);
        const across = tf.add(tf.mul(normal, tf.div(dGamma, count)), tf.div(dBeta, count));
        return [tf.mul(tf.sub(dy, across), tf.mul(gamma, inverse)), dGamma, dBeta];
      },
    };
  });
  const y = normalise(x, gamma, beta) as Tensor4D;
  const corrected = tf.mul<Tensor1D>(variance, count / Math.max(1, count - 1));
  variance.dispose();
  return { y, mean, variance: corrected };
}
