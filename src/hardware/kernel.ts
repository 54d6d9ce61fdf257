/**
 * What a runtime really launches: one device kernel, identified by its class and its shape. Tables, fitted models and
 * bands all speak of kernels; only the mapping knows how a layer graph becomes a list of them.
 */

/**
 * Classes of device kernels. `conv` has one group; `dense` is a fully connected layer or a 1x1 convolution of a
 * 1x1 image; `grouped` a convolution of several groups; `mean` the average over height and width; `elementwise` an
 * activation, multiplication or addition that is not fused; `slice` one part of a split. `winograd` and
 * `small-conv` are convolutions of one group that the runtime gives to a kernel of their own, see `launchedAs`.
 */
export const kernelOps = [
  'conv',
  'depthwise',
  'grouped',
  'dense',
  'mean',
  'max-pool',
  'average-pool',
  'concat',
  'elementwise',
  'slice',
  'winograd',
  'small-conv',
] as const;
export type KernelOp = (typeof kernelOps)[number];

/** One device kernel. Images are square; channels without batch. */
export interface Kernel {
  readonly op: KernelOp;
  /** Height and width of the output; of the input for `mean`, whose output is 1x1. */
  readonly size: number;
  readonly input: number;
  /** Channels of the output; for `depthwise` and `mean` the same as `input`. */
  readonly output: number;
  /** Window; for `concat` and `elementwise` the number of images read. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  /** Images read in addition to the input by additions that are fused into this device kernel. */
  readonly fused: number;
}

/** Whether a class sums over channels: all kinds of convolutions but the depthwise one. */
export function isDeep(op: KernelOp): boolean {
  return op === 'conv' || op === 'dense' || op === 'grouped' || op === 'winograd' || op === 'small-conv';
}

/** A device kernel as a row of numbers, the way tables store it. */
export type KernelRow = readonly [
  size: number,
  input: number,
  output: number,
  kernel: number,
  stride: number,
  dilation: number,
  groups: number,
  fused: number,
];

/** Numbers in a row. */
export const kernelColumns = 8;

export function kernelRow(k: Kernel): KernelRow {
  return [k.size, k.input, k.output, k.kernel, k.stride, k.dilation, k.groups, k.fused];
}

export function kernelOfRow(op: KernelOp, row: KernelRow): Kernel {
  const [size, input, output, kernel, stride, dilation, groups, fused] = row;
  return { op, size, input, output, kernel, stride, dilation, groups, fused };
}

/** Equal for equal device kernels only. */
export function kernelKey(k: Kernel): string {
  return `${k.op} ${k.size} ${k.input} ${k.output} ${k.kernel} ${k.stride} ${k.dilation} ${k.groups} ${k.fused}`;
}

/** The same of a row. */
export function rowKey(op: KernelOp, r: KernelRow): string {
  return `${op} ${r[0]} ${r[1]} ${r[2]} ${r[3]} ${r[4]} ${r[5]} ${r[6]} ${r[7]}`;
}

/** Multiplications of a device kernel, by the direct algorithm; additions of a `mean` or a pool count as one each. */
export function kernelMacs(k: Kernel): number {
  const pixels = k.size * k.size;
  switch (k.op) {
    case 'conv':
    case 'dense':
    case 'grouped':
    case 'winograd':
    case 'small-conv':
      return (pixels * k.kernel * k.kernel * k.input * k.output) / k.groups;
    case 'depthwise':
    case 'max-pool':
    case 'average-pool':
      return pixels * k.kernel * k.kernel * k.output;
    case 'mean':
    case 'concat':
    case 'slice':
      return pixels * k.output;
    case 'elementwise':
      return pixels * k.output * k.kernel;
  }
}

/** Numbers read as activations, fused additions included. */
export function kernelReads(k: Kernel): number {
  const pixels = k.size * k.size;
  const fused = k.fused * pixels * k.output;
  switch (k.op) {
    case 'concat':
    case 'slice':
    case 'mean':
      return pixels * k.output + fused;
    case 'elementwise':
      return pixels * k.output * k.kernel + fused;
    default:
      return pixels * k.stride * k.stride * k.input + fused;
  }
}

/** Numbers written. */
export function kernelWrites(k: Kernel): number {
  return k.op === 'mean' ? k.output : k.size * k.size * k.output;
}

/** Weights read. */
export function kernelWeights(k: Kernel): number {
  switch (k.op) {
    case 'conv':
    case 'dense':
    case 'grouped':
    case 'winograd':
    case 'small-conv':
      return (k.kernel * k.kernel * k.input * k.output) / k.groups;
    case 'depthwise':
      return k.kernel * k.kernel * k.output;
    default:
      return 0;
  }
}
