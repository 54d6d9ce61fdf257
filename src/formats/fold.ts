/**
 * A trained graph as runtimes want it: batch norm folded into the convolutions before it.
 *
 * y = gamma * (conv(x) - mean) / sqrt(variance + epsilon) + beta is a convolution whose kernel is scaled by
 * gamma / sqrt(variance + epsilon) in each output channel, plus a bias. Where the norm follows a concat of
 * convolutions (a mixed convolution), each part takes its own channels. A norm that follows anything else
 * stays, and dropout is gone.
 */
import { InternalError } from '../base/index.js';
import type { BatchNormOp, LayerGraph, Op } from '../models/index.js';
import { type NamedWeights, weightOf } from './weights.js';

/** An op ready to be written: where its inputs come from after folding, and its own arrays. */
export interface FoldedOp {
  readonly op: Op;
  readonly inputs: readonly number[];
  /** Convolutions HWIO (depthwise [k, k, channels, 1]), dense [in, out]. */
  readonly kernel?: Float32Array;
  readonly bias?: Float32Array;
  /** y = scale * x + bias by channel: a batch norm that could not be folded, or a layer norm's. */
  readonly scale?: Float32Array;
}

interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

function affineOf(op: BatchNormOp, weights: NamedWeights): Affine {
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((role) =>
    weightOf(weights, `${op.name}.${role}`),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + op.epsilon));
  return { scale, shift: beta.map((b, c) => b - (mean[c] as number) * (scale[c] as number)) };
}

const isConvolution = (op: Op) => op.kind === 'conv2d' || op.kind === 'depthwiseConv2d';

/** The convolutions that a norm can be folded into, with their first channel; none when it cannot. */
function targets(graph: LayerGraph, norm: BatchNormOp, readers: readonly number[]): [Op, number][] {
  const source = graph.ops[norm.inputs[0] ?? -1];
  if (!source) throw new InternalError(`op ${norm.name} has no input`);
  if (readers[source.id] !== 1) return [];
  if (isConvolution(source)) return [[source, 0]];
  if (source.kind !== 'concat') return [];
  const found: [Op, number][] = [];
  let begin = 0;
  for (const id of source.inputs) {
    const part = graph.ops[id];
    if (!part || !isConvolution(part) || readers[id] !== 1) return [];
    found.push([part, begin]);
    begin += part.shape[2];
  }
  return found;
}

function scaledKernel(op: Op, kernel: Float32Array, scale: Float32Array, begin: number): Float32Array {
  // Output channels are the last axis of a convolution and the last but one, of size `channels`, of a depthwise.
  const channels = op.shape[2];
  return kernel.map((value, i) => value * (scale[begin + (i % channels)] as number));
}

/**
 * Folds a graph and its weights for inference. The ops come in execution order; ids are those of the graph.
 * @throws InternalError when weights are missing.
 */
export function foldBatchNorm(graph: LayerGraph, weights: NamedWeights): FoldedOp[] {
  const readers = new Array<number>(graph.ops.length).fill(0);
  for (const op of graph.ops) for (const id of op.inputs) readers[id] = (readers[id] as number) + 1;

  const affines = new Map<number, { affine: Affine; begin: number }>();
  /** Where the output of an op that is gone comes from. */
  const moved = new Map<number, number>();
  for (const op of graph.ops) {
    if (op.kind === 'dropout') moved.set(op.id, op.inputs[0] as number);
    if (op.kind !== 'batchNorm') continue;
    const into = targets(graph, op, readers);
    if (into.length === 0) continue;
    const affine = affineOf(op, weights);
    for (const [target, begin] of into) affines.set(target.id, { affine, begin });
    moved.set(op.id, op.inputs[0] as number);
  }
  const resolve = (id: number): number => {
    const next = moved.get(id);
    return next === undefined ? id : resolve(next);
  };

  return graph.ops
    .filter((op) => !moved.has(op.id))
    .map((op) => foldOp(op, op.inputs.map(resolve), weights, affines.get(op.id)));
}

function foldOp(
  op: Op,
  inputs: readonly number[],
  weights: NamedWeights,
  folded: { affine: Affine; begin: number } | undefined,
): FoldedOp {
  if (op.kind === 'batchNorm') {
    const { scale, shift } = affineOf(op, weights);
    return { op, inputs, scale, bias: shift };
  }
  if (op.kind === 'layerNorm') {
    const [scale, bias] = [weightOf(weights, `${op.name}.gamma`), weightOf(weights, `${op.name}.beta`)];
    return { op, inputs, scale, bias };
  }
  if (op.kind === 'hardGate' && op.threshold === 'learned') {
    return { op, inputs, bias: weightOf(weights, `${op.name}.threshold`) };
  }
  if (op.kind === 'dense') {
    const kernel = weightOf(weights, `${op.name}.kernel`);
    return { op, inputs, kernel, bias: weightOf(weights, `${op.name}.bias`) };
  }
  if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') return { op, inputs };
  const kernel = weightOf(weights, `${op.name}.kernel`);
  const own = op.kind === 'conv2d' && op.bias ? weightOf(weights, `${op.name}.bias`) : undefined;
  if (!folded) return own ? { op, inputs, kernel, bias: own } : { op, inputs, kernel };
  const { affine, begin } = folded;
  const bias = Float32Array.from({ length: op.shape[2] }, (_, c) => {
    const scale = affine.scale[begin + c] as number;
    return (affine.shift[begin + c] as number) + (own?.[c] ?? 0) * scale;
  });
  return { op, inputs, kernel: scaledKernel(op, kernel, affine.scale, begin), bias };
}
