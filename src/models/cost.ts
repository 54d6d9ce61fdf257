/** What a layer graph costs: parameters, multiply-accumulates, activation memory. */
import type { AnyGraph, AnyOp, AttentionOp, Shape } from './graph.js';
import { peakActivationBytes } from './memory.js';

/** One layer that has weights or multiplies. Shapes are NHWC without the batch. */
export interface LayerCost {
  readonly name: string;
  /** The kind of op; of an op that only files have, what the file calls it. */
  readonly op: string;
  readonly input: Shape;
  readonly output: Shape;
  /** Kernel height and width in pixels; 1 for batch norm and dense. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** As many as channels for a depthwise convolution. */
  readonly groups: number;
  readonly params: number;
  readonly macs: number;
}

/** Parameters (running statistics of batch norm not among them) and multiply-accumulates of one image. */
export interface Count {
  readonly params: number;
  readonly macs: number;
}

export interface Cost extends Count {
  /** Largest sum of activations alive at once, at 4 bytes an element: see `peakActivationBytes`. */
  readonly peakActivationBytes: number;
  /** The layers that have weights or multiply, in execution order; their params and MACs add up to the totals. */
  readonly layers: readonly LayerCost[];
}

/** Weights that multiply each output position. */
function kernelWeights(op: AnyOp, inputChannels: number): number {
  switch (op.kind) {
    case 'conv2d':
      return op.kernel * op.kernel * (inputChannels / op.groups) * op.shape[2];
    case 'depthwiseConv2d':
      return op.kernel * op.kernel * op.shape[2];
    case 'dense':
      return inputChannels * op.shape[2];
    default:
      return 0;
  }
}

/** Weights that are added or scale a channel, which no convention counts as MACs. */
function channelWeights(op: AnyOp): number {
  switch (op.kind) {
    case 'conv2d':
      return op.bias ? op.shape[2] : 0;
    case 'depthwiseConv2d':
      return op.bias ? op.shape[2] : 0;
    case 'dense':
      return op.shape[2];
    case 'foreign':
      return op.params;
    case 'batchNorm':
    case 'layerNorm':
      return 2 * op.shape[2];
    case 'hardGate':
      return op.threshold === 'learned' ? 1 : 0;
    default:
      return 0;
  }
}

/**
 * Multiply-accumulates of an op with `weights` multiplying weights: those at every output position, and the
 * two products of attention.
 */
function macsOf(op: AnyOp, weights: number): number {
  if (op.kind === 'foreign') return op.macs;
  const [height, width] = op.shape;
  return weights * height * width + (op.kind === 'attention' ? attentionMacs(op) : 0);
}

/** Queries times keys and weights times values, over sets of pixels at the same place of their patches. */
function attentionMacs({ shape: [height, width, channels], patch }: AttentionOp): number {
  const along = (size: number, place: number) => Math.ceil((size - place) / patch);
  let pairs = 0;
  for (let row = 0; row < Math.min(patch, height); row++) {
    for (let column = 0; column < Math.min(patch, width); column++) {
      pairs += (along(height, row) * along(width, column)) ** 2;
    }
  }
  return 2 * channels * pairs;
}

function inputShape(graph: AnyGraph, op: AnyOp): Shape {
  return graph.ops[op.inputs[0] ?? op.id]?.shape ?? op.shape;
}

/** Multiply-accumulates of one op for one image. */
export function kernelMacs(graph: AnyGraph, op: AnyOp): number {
  return macsOf(op, kernelWeights(op, inputShape(graph, op)[2]));
}

/**
 * Parameters and MACs of a graph: convolutions, dense layers and attention multiply, normalisations have two
 * parameters a channel and no MACs, a learned threshold is one parameter; nothing else has either.
 * @param counts which ops count; all of them where it is left out.
 */
export function countCost(graph: AnyGraph, counts: (op: AnyOp) => boolean = () => true): Count {
  let params = 0;
  let macs = 0;
  for (const op of graph.ops) {
    if (!counts(op)) continue;
    const count = countOp(graph, op);
    params += count.params;
    macs += count.macs;
  }
  return { params, macs };
}

/** Parameters and MACs of one op of a graph. */
export function countOp(graph: AnyGraph, op: AnyOp): Count {
  const weights = kernelWeights(op, inputShape(graph, op)[2]);
  return { params: weights + channelWeights(op), macs: macsOf(op, weights) };
}

/** The cost of a graph, in total and layer by layer. */
export function cost(graph: AnyGraph): Cost {
  const layers: LayerCost[] = [];
  for (const op of graph.ops) {
    const input = inputShape(graph, op);
    const weights = kernelWeights(op, input[2]);
    const params = weights + channelWeights(op);
    const macs = macsOf(op, weights);
    if (params === 0 && macs === 0) continue;
    const window = op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' ? op : undefined;
    layers.push({
      name: op.name,
      op: op.kind === 'foreign' ? op.type : op.kind,
      input,
      output: op.shape,
      kernel: (op.kind === 'foreign' ? op.window : window?.kernel) ?? 1,
      stride: (op.kind === 'foreign' ? op.stride : window?.stride) ?? 1,
      dilation: window?.dilation ?? 1,
      groups: op.kind === 'conv2d' ? op.groups : op.kind === 'depthwiseConv2d' ? op.shape[2] : 1,
      params,
      macs,
    });
  }
  return { ...countCost(graph), peakActivationBytes: peakActivationBytes(graph), layers };
}
