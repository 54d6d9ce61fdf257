/** Kernels and biases in integers. */
import type { LoweredNode, Quantization, Value } from '../lower/index.js';
import { nearest, toFloats, toIntegers } from './parameters.js';

export type WeightedNode = Extract<LoweredNode, { kind: 'conv2d' | 'depthwiseConv2d' | 'dense' }>;

export const isWeighted = (node: LoweredNode): node is WeightedNode =>
  node.kind === 'conv2d' || node.kind === 'depthwiseConv2d' || node.kind === 'dense';

/** The axis of the output channels in a kernel. */
const channelAxis = { conv2d: 0, depthwiseConv2d: 3, dense: 0 } as const;

/** For each element of a kernel, its output channel. */
function channelsOf(node: WeightedNode, { shape }: Value): (place: number) => number {
  const axis = channelAxis[node.kind];
  const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const count = shape[axis] as number;
  return (place) => Math.floor(place / step) % count;
}

/** The bias must fit 32 bits with room for the sum: a channel of tiny weights gets a larger scale. */
const largestBias = 2 ** 30;

/** Of a layer's largest weight, what the scale of a channel is for at least. */
export const smallestShare = 1e-5;

export interface QuantizedWeights {
  readonly kernel: Quantization;
  readonly bias: Quantization;
}

/**
 * Symmetric 8-bit kernels, one scale an output channel, of a dense layer one for all (per-channel ones are wrong in
 * TensorFlow Lite 2.9, slow on Vela and refused by NNAPI); 32-bit biases of scale input * kernel.
 * @param inputMeans where given, the mean of each input channel: the bias makes up for what rounding the kernel
 *   changes on average (Nagel et al., arXiv 1906.04721, section 4.2).
 */
export function quantizeWeights(
  node: WeightedNode,
  [kernel, bias]: readonly [Value, Value],
  input: Quantization,
  inputMeans?: Float64Array,
): QuantizedWeights {
  const weights = kernel.data as Float32Array;
  const biases = (bias.data as Float32Array).slice();
  const channelOf = channelsOf(node, kernel);
  const count = node.kind === 'dense' ? 1 : biases.length;
  const inputScale = input.scale[0] as number;
  const largest = new Float64Array(count);
  for (let i = 0; i < weights.length; i++) {
    const c = count === 1 ? 0 : channelOf(i);
    const size = Math.abs(weights[i] as number);
    if (size > (largest[c] as number)) largest[c] = size;
  }
  biases.forEach((b, c) => {
    const own = count === 1 ? 0 : c;
    largest[own] = Math.max(largest[own] as number, (127 * Math.abs(b)) / (inputScale * largestBias), 1e-10);
  });
  // A channel that is nearly dead has no scale of its own: its factor would be too small for runtimes.
  const least = smallestShare * largest.reduce((a, b) => Math.max(a, b), 0);
  const scale = Float32Array.from(largest, (value) => Math.max(value, least) / 127);
  const kernelQuantization: Quantization = {
    type: 'int8',
    scale,
    zeroPoint: 0,
    axis: channelAxis[node.kind],
  };
  const data = toIntegers(weights, kernel.shape, kernelQuantization) as Int8Array;
  const quantized = { ...kernelQuantization, data };
  if (inputMeans) correct(node, weights, kernel, quantized, inputMeans, biases);
  const biasScale = scale.map((s) => s * inputScale);
  const integers = Int32Array.from(biases, (b, c) => nearest(b / (biasScale[count === 1 ? 0 : c] as number)));
  return {
    kernel: quantized,
    bias: { type: 'int32', scale: biasScale, zeroPoint: 0, axis: 0, data: integers },
  };
}

/** Adds to each bias the mean of what the rounded kernel lacks. */
function correct(
  node: WeightedNode,
  weights: Float32Array,
  kernel: Value,
  quantized: Quantization & { readonly data: Int8Array },
  means: Float64Array,
  biases: Float32Array,
): void {
  const rounded = toFloats(quantized.data, kernel.shape, quantized);
  const channelOf = channelsOf(node, kernel);
  const inner = kernel.shape.at(-1) as number;
  const groups = node.kind === 'conv2d' ? node.groups : 1;
  for (let i = 0; i < weights.length; i++) {
    const lacking = (weights[i] as number) - (rounded[i] as number);
    const c = channelOf(i);
    // A depthwise kernel's last axis is the channel itself; a grouped one's counts from its group.
    const own =
      node.kind === 'depthwiseConv2d' ? c : (i % inner) + Math.floor((c * groups) / biases.length) * inner;
    biases[c] = (biases[c] as number) + lacking * (means[own] as number);
  }
}
