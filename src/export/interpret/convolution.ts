/** Convolutions and pooling with SAME padding, for one image, in plain loops over contiguous channels. */
import { like } from './movement.js';

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
  for (let r = 0; r < height; r++) {
    const [firstRow, endRow, row0] = tapsOf(r, inHeight, top, k, options);
    for (let c = 0; c < width; c++) {
      const [firstColumn, endColumn, column0] = tapsOf(c, inWidth, left, k, options);
      const at = (r * width + c) * channels;
      for (let o = 0; o < channels; o++) {
        const group = Math.floor(o / outPerGroup);
        let sum = bias[o] as number;
        for (let i = firstRow; i < endRow; i++) {
          for (let j = firstColumn; j < endColumn; j++) {
            const xBegin =
              ((row0 + i * dilation) * inWidth + column0 + j * dilation) * inChannels + group * perGroup;
            const wBegin = ((o * k + i) * k + j) * perGroup;
            for (let n = 0; n < perGroup; n++)
              sum += (x[xBegin + n] as number) * (kernel[wBegin + n] as number);
          }
        }
        y[at + o] = sum;
      }
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
  const sums = new Float64Array(channels);
  for (let r = 0; r < height; r++) {
    const [firstRow, endRow, row0] = tapsOf(r, inHeight, top, k, options);
    for (let c = 0; c < width; c++) {
      const [firstColumn, endColumn, column0] = tapsOf(c, inWidth, left, k, options);
      sums.set(bias);
      for (let i = firstRow; i < endRow; i++) {
        for (let j = firstColumn; j < endColumn; j++) {
          const xBegin = ((row0 + i * dilation) * inWidth + column0 + j * dilation) * channels;
          const wBegin = (i * k + j) * channels;
          for (let n = 0; n < channels; n++) {
            sums[n] = (sums[n] as number) + (x[xBegin + n] as number) * (kernel[wBegin + n] as number);
          }
        }
      }
      y.set(sums, (r * width + c) * channels);
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
