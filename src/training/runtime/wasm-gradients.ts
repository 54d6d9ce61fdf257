/**
 * The convolution gradients that tfjs's WebAssembly backend lacks, registered as its kernels, so that
 * `tf.conv2d` and `tf.depthwiseConv2d` can be trained there like anywhere else.
 *
 * A convolution's gradients are convolutions themselves: by the input, of the output's gradient with the
 * flipped kernel; by the kernel, of the input with the output's gradient as the kernel, where batch and
 * channels change places. The backend's forward kernels (XNNPACK) are fast; the other way to write a
 * kernel's gradient, one product a tap, was measured 5 to 20 times slower. The backend's own
 * Conv2DBackpropInput is replaced too, as it is 7 times slower than this.
 */
import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, Tensor4D } from '@tensorflow/tfjs';
import { InternalError } from '../../base/index.js';
import { insertZeros } from './dilation.js';
import type { Tf } from './tf.js';

type Shape4 = [number, number, number, number];

/** Both forms of a convolution with stride 1 and no padding, as the gradients need them. */
interface Pieces {
  /** By the input: `dy` padded and with zeros for the stride; `w` flipped. */
  byInput(dy: Tensor4D, w: Tensor4D): Tensor4D;
  /** By the kernel: `x` padded; `dy` with zeros for the stride. */
  byKernel(x: Tensor4D, dy: Tensor4D): Tensor4D;
}

/** Registers the gradient kernels of both kinds of convolution with the `wasm` backend. */
export function registerWasmGradients(tf: Tf): void {
  const full: Pieces = {
    byInput: (dy, w) => tf.conv2d(dy, tf.transpose(w, [0, 1, 3, 2]), 1, 'valid'),
    // [in, H, W, batch] with [H, W, batch, out] gives [in, k, k, out].
    byKernel: (x, dy) =>
      tf.transpose(
        tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid'),
        [1, 2, 0, 3],
      ),
  };
  const depthwise: Pieces = {
    byInput: (dy, w) => tf.depthwiseConv2d(dy, w, 1, 'valid'),
    // Every channel of every image is a channel of its own: [1, H, W, batch * channels].
    byKernel(x, dy) {
      const [batch, height, width, channels] = x.shape;
      const [, rows, columns] = dy.shape;
      const images = tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [1, height, width, batch * channels]);
      const kernels = tf.reshape(tf.transpose(dy, [1, 2, 0, 3]), [rows, columns, batch * channels, 1]);
      const each = tf.depthwiseConv2d(images as Tensor4D, kernels as Tensor4D, 1, 'valid');
      const [, k, l] = each.shape;
      return tf.reshape(tf.sum(tf.reshape(each, [k, l, batch, channels]), 2), [k, l, channels, 1]);
    },
  };
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel(inputGradient(tf, 'Conv2DBackpropInput', full));
  tf.registerKernel(kernelGradient(tf, 'Conv2DBackpropFilter', full));
  tf.registerKernel(inputGradient(tf, 'DepthwiseConv2dNativeBackpropInput', depthwise));
  tf.registerKernel(kernelGradient(tf, 'DepthwiseConv2dNativeBackpropFilter', depthwise));
}

function inputGradient(tf: Tf, kernelName: string, pieces: Pieces): KernelConfig {
  return config(tf, kernelName, (inputs, attributes) => {
    const { dy, filter } = inputs as unknown as { dy: Tensor4D; filter: Tensor4D };
    const { rows, columns } = geometry(tf, attributes, attributes['inputShape'] as Shape4, filter.shape);
    const dense = spread(tf, dy, rows.stride, columns.stride);
    return pieces.byInput(padOrCrop(tf, dense, rows.gradient, columns.gradient), tf.reverse(filter, [0, 1]));
  });
}

function kernelGradient(tf: Tf, kernelName: string, pieces: Pieces): KernelConfig {
  return config(tf, kernelName, (inputs, attributes) => {
    const { x, dy } = inputs as unknown as { x: Tensor4D; dy: Tensor4D };
    const { rows, columns } = geometry(tf, attributes, x.shape, attributes['filterShape'] as Shape4);
    const dense = spread(tf, dy, rows.stride, columns.stride);
    return pieces.byKernel(padOrCrop(tf, x, rows.input, columns.input), dense);
  });
}

function config(
  tf: Tf,
  kernelName: string,
  compute: (inputs: NamedTensorInfoMap, attributes: NamedAttrMap) => Tensor4D,
): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compute(inputs, attrs ?? {})),
  };
}

type Padding = readonly [before: number, after: number];

/** Along one axis: the stride, the input's padding, and the padding of the dense gradient. */
interface Axis {
  readonly stride: number;
  readonly input: Padding;
  readonly gradient: Padding;
}

function geometry(tf: Tf, attributes: NamedAttrMap, input: Shape4, kernel: Shape4) {
  const { strides, pad, dilations, dimRoundingMode } = attributes as unknown as {
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dilations?: number | [number, number];
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  if ([dilations ?? 1].flat().some((dilation) => dilation !== 1)) {
    throw new InternalError('a dilated convolution is trained with dilateKernel');
  }
  const info = tf.backend_util.computeConv2DInfo(input, kernel, strides, 1, pad, dimRoundingMode);
  // Where the stride leaves the last rows unused, they are cut off: a negative padding.
  const axis = (size: number, taps: number, outputs: number, stride: number, before: number): Axis => {
    const after = (outputs - 1) * stride + taps - size - before;
    return { stride, input: [before, after], gradient: [taps - 1 - before, taps - 1 - after] };
  };
  const { padInfo } = info;
  return {
    rows: axis(input[1], kernel[0], info.outHeight, info.strideHeight, padInfo.top),
    columns: axis(input[2], kernel[1], info.outWidth, info.strideWidth, padInfo.left),
  };
}

/** The gradient of a convolution with stride 1 that has zeros where the stride skipped. */
function spread(tf: Tf, dy: Tensor4D, rowStride: number, columnStride: number): Tensor4D {
  return insertZeros(tf, insertZeros(tf, dy, 1, rowStride), 2, columnStride);
}

/** Pads rows and columns with zeros; a negative padding at the end cuts off instead. */
function padOrCrop(tf: Tf, x: Tensor4D, rows: Padding, columns: Padding): Tensor4D {
  const padded = tf.pad(x, [
    [0, 0],
    [rows[0], Math.max(0, rows[1])],
    [columns[0], Math.max(0, columns[1])],
    [0, 0],
  ]);
  const [batch, height, width, channels] = padded.shape;
  const kept: Shape4 = [batch, height + Math.min(0, rows[1]), width + Math.min(0, columns[1]), channels];
  return kept[1] === height && kept[2] === width ? padded : tf.slice(padded, [0, 0, 0, 0], kept);
}
