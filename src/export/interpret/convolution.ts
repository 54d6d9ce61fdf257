/** Convolutions and pooling with SAME padding, for one image, in plain loops over contiguous channels. */
import { like } from './movement.js';
import { multiplyPair, packKernel } from './products.js';

export interface WindowOptions {
  readonly stride: number;
  readonly dilation: number;
}

/** Pixels of padding before the first one, as TensorFlow counts them. */
export function paddingBefore(input: number, output: number, span: number, stride: number): number {
  return Math.floor(Math.max((output - 1) * stride + span - input, 0) / 2);
}

/** The taps of a window that lie within an axis, for the output at `place`: `[first tap, past the last, origin]`. */
export function tapsOf(
  place: number,
  size: number,
  before: number,
  kernel: number,
  { stride, dilation }: WindowOptions,
): [first: number, end: number, origin: number] {
  const origin = place * stride - before;
  const first = origin < 0 ? Math.ceil(-origin / dilation) : 0;
  const end = Math.min(kernel, Math.ceil((size - origin) / dilation));
  return [first, end, origin];
}

type Shape = readonly number[];

/** `kernel` is `[out, k, k, in / groups]`; sums are in double precision. */
export function convolve(
  x: Float32Array,
  from: Shape,
  kernel: Float32Array,
  kernelShape: Shape,
  bias: Float32Array,
  to: Shape,
  options: WindowOptions & { readonly groups: number },
): Float32Array {
  const [, inHeight, inWidth, inChannels] = from as [number, number, number, number];
  const [, height, width, channels] = to as [number, number, number, number];
  const [, k, , perGroup] = kernelShape as [number, number, number, number];
  const { stride, dilation, groups } = options;
  const span = (k - 1) * dilation + 1;
  const top = paddingBefore(inHeight, height, span, stride);
  const left = paddingBefore(inWidth, width, span, stride);
  const outPerGroup = channels / groups;
  const y = new Float32Array(height * width * channels);
  const pair = new Float64Array(2 * k * k * perGroup);
  /** Puts the window of an output pixel into every second place; pixels outside are 0. */
  const gather = (pixel: number, group: number, which: 0 | 1) => {
    const [firstRow, endRow, row0] = tapsOf(Math.floor(pixel / width), inHeight, top, k, options);
    const [firstColumn, endColumn, column0] = tapsOf(pixel % width, inWidth, left, k, options);
    if (endRow - firstRow < k || endColumn - firstColumn < k)
      for (let n = which; n < pair.length; n += 2) pair[n] = 0;
    for (let i = firstRow; i < endRow; i++) {
      for (let j = firstColumn; j < endColumn; j++) {
        const begin =
          ((row0 + i * dilation) * inWidth + column0 + j * dilation) * inChannels + group * perGroup;
        let at = 2 * (i * k + j) * perGroup + which;
        for (let n = begin; n < begin + perGroup; n++) {
          pair[at] = x[n] as number;
          at += 2;
        }
      }
    }
  };
  for (let group = 0; group < groups; group++) {
    const out = group * outPerGroup;
    const weights = kernel.subarray(out * k * k * perGroup, (out + outPerGroup) * k * k * perGroup);
    const packed = packKernel(weights, bias.subarray(out, out + outPerGroup));
    for (let pixel = 0; pixel < height * width; pixel += 2) {
      // The last of an odd number is computed twice.
      const next = Math.min(pixel + 1, height * width - 1);
      gather(pixel, group, 0);
      gather(next, group, 1);
      multiplyPair(pair, packed, y, pixel * channels + out, next * channels + out);
    }
  }
  return y;
}

/** `kernel` is `[1, k, k, channels]`. */
export function convolveDepthwise(
  x: Float32Array,
  from: Shape,
  kernel: Float32Array,
  kernelShape: Shape,
  bias: Float32Array,
  to: Shape,
  options: WindowOptions,
): Float32Array {
  const [, inHeight, inWidth, channels] = from as [number, number, number, number];
  const [, height, width] = to as [number, number, number, number];
  const k = kernelShape[1] as number;
  const { stride, dilation } = options;
  const span = (k - 1) * dilation + 1;
  const top = paddingBefore(inHeight, height, span, stride);
  const left = paddingBefore(inWidth, width, span, stride);
  const y = new Float32Array(height * width * channels);
  const weights = Float64Array.from(kernel);
  /** Where the numbers of each tap begin, in x and in the kernel. */
  const xBegins = new Int32Array(k * k);
  const wBegins = new Int32Array(k * k);
  for (let r = 0; r < height; r++) {
    const [firstRow, endRow, row0] = tapsOf(r, inHeight, top, k, options);
    for (let c = 0; c < width; c++) {
      const [firstColumn, endColumn, column0] = tapsOf(c, inWidth, left, k, options);
      let taps = 0;
      for (let i = firstRow; i < endRow; i++) {
        for (let j = firstColumn; j < endColumn; j++) {
          xBegins[taps] = ((row0 + i * dilation) * inWidth + column0 + j * dilation) * channels;
          wBegins[taps++] = (i * k + j) * channels;
        }
      }
      const at = (r * width + c) * channels;
      let n = 0;
      for (; n + 3 < channels; n += 4) {
        let s0 = bias[n] as number;
        let s1 = bias[n + 1] as number;
        let s2 = bias[n + 2] as number;
        let s3 = bias[n + 3] as number;
        for (let t = 0; t < taps; t++) {
          const xn = (xBegins[t] as number) + n;
          const wn = (wBegins[t] as number) + n;
          s0 += (x[xn] as number) * (weights[wn] as number);
          s1 += (x[xn + 1] as number) * (weights[wn + 1] as number);
          s2 += (x[xn + 2] as number) * (weights[wn + 2] as number);
          s3 += (x[xn + 3] as number) * (weights[wn + 3] as number);
        }
        y[at + n] = s0;
        y[at + n + 1] = s1;
        y[at + n + 2] = s2;
        y[at + n + 3] = s3;
      }
      for (; n < channels; n++) {
        let sum = bias[n] as number;
        for (let t = 0; t < taps; t++)
          sum += (x[(xBegins[t] as number) + n] as number) * (weights[(wBegins[t] as number) + n] as number);
        y[at + n] = sum;
      }
    }
  }
  return y;
}

/** The largest of each window; pixels outside do not count. Works on any numbers. */
export function maxPool<T extends Float32Array | Int8Array>(
  x: T,
  from: Shape,
  to: Shape,
  { kernel, stride }: { readonly kernel: number; readonly stride: number },
): T {
  const [, inHeight, inWidth, channels] = from as [number, number, number, number];
  const [, height, width] = to as [number, number, number, number];
  const options = { stride, dilation: 1 };
  const top = paddingBefore(inHeight, height, kernel, stride);
  const left = paddingBefore(inWidth, width, kernel, stride);
  const y = like(x, height * width * channels);
  for (let r = 0; r < height; r++) {
    const [firstRow, endRow, row0] = tapsOf(r, inHeight, top, kernel, options);
    for (let c = 0; c < width; c++) {
      const [firstColumn, endColumn, column0] = tapsOf(c, inWidth, left, kernel, options);
      for (let n = 0; n < channels; n++) {
        let largest = Number.NEGATIVE_INFINITY;
        for (let i = firstRow; i < endRow; i++) {
          for (let j = firstColumn; j < endColumn; j++) {
            const value = x[((row0 + i) * inWidth + column0 + j) * channels + n] as number;
            if (value > largest) largest = value;
          }
        }
        y[(r * width + c) * channels + n] = largest;
      }
    }
  }
  return y;
}
