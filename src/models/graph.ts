/**
 * The layer graph: the one description of a network that cost, latency, training and export read.
 *
 * An array of ops in execution order; op `i` has id `i` and reads ops of smaller id. Shapes are NHWC
 * without the batch: `[height, width, channels]`; after global pooling `[1, 1, channels]`, after the
 * classifier `[1, 1, classes]`.
 */
import type { Activation } from './blocks/fields.js';

export type Shape = readonly [height: number, width: number, channels: number];

interface OpBase {
  readonly id: number;
  /** Unique, stable over resolutions, e.g. `blocks.3.depthwise.1`; weights are named after it. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly shape: Shape;
  /** Index of the block it belongs to; undefined in stem and head. */
  readonly block?: number | undefined;
}

/** k x k convolution, SAME padding. Kernel [k, k, in / groups, out]; bias [out] if `bias`. */
export interface Conv2dOp extends OpBase {
  readonly kind: 'conv2d';
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly bias: boolean;
}

/** k x k depthwise convolution, SAME padding, multiplier 1. Kernel [k, k, channels, 1]; bias in files, where norms are folded. */
export interface DepthwiseOp extends OpBase {
  readonly kind: 'depthwiseConv2d';
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly bias?: true;
  /** A group that a hard gate may skip: not computed for an image whose group has weight 0 there. */
  readonly skip?: { readonly gate: number; readonly group: number };
}

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over batch, height and width. */
export interface BatchNormOp extends OpBase {
  readonly kind: 'batchNorm';
  readonly epsilon: number;
  /** Share of the old running statistics kept at each step. */
  readonly momentum: number;
}

export interface ActivationOp extends OpBase {
  readonly kind: 'activation';
  readonly activation: Exclude<Activation, 'linear'>;
}

/** Channels `begin` to `begin + shape[2]` of its input: one part of a split. */
export interface SliceOp extends OpBase {
  readonly kind: 'slice';
  readonly begin: number;
}

/** Channel-wise concatenation. */
export interface ConcatOp extends OpBase {
  readonly kind: 'concat';
}

export interface AddOp extends OpBase {
  readonly kind: 'add';
}

/** x * y; y may be [1, 1, C], which scales channels (squeeze-and-excitation). */
export interface MultiplyOp extends OpBase {
  readonly kind: 'multiply';
}

/** Mean over height and width: [1, 1, C]. */
export interface MeanOp extends OpBase {
  readonly kind: 'mean';
}

/** Maximum over a k x k window, SAME padding. */
export interface MaxPoolOp extends OpBase {
  readonly kind: 'maxPool';
  readonly kernel: number;
  readonly stride: number;
}

/** Interleaves `groups` equal parts of the channels: [g0 g1] becomes [g0.0 g1.0 g0.1 g1.1 ...]. */
export interface ShuffleOp extends OpBase {
  readonly kind: 'shuffle';
  readonly groups: number;
}

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over the channels of each pixel. */
export interface LayerNormOp extends OpBase {
  readonly kind: 'layerNorm';
  readonly epsilon: number;
}

/**
 * Self-attention of MobileViT: x [h, w, 3 C] holds queries, keys and values; pixels that lie at the same
 * place of each `patch` x `patch` square attend to each other, head by head:
 * y = softmax(q k^T / sqrt(C / heads)) v. A map that patches do not divide has smaller sets at its edges.
 */
export interface AttentionOp extends OpBase {
  readonly kind: 'attention';
  readonly heads: number;
  readonly patch: number;
}

/** Softmax over the channels of a [1, 1, G] input: the weights of a gate's groups. */
export interface SoftmaxOp extends OpBase {
  readonly kind: 'softmax';
  /** Of each group, how many have smaller kernels: when only n may run, those of rank n and more do not. */
  readonly ranks: readonly number[];
  /** Each weight by itself: the sigmoid of its logit. */
  readonly independent?: true;
}

/**
 * A hard gate on the weights a [1, 1, G] of G groups: those with G * a_g below the threshold become 0, and
 * what belongs to them need not be computed. The largest of a softmax never does, as thresholds are at most 1.
 */
export interface HardGateOp extends OpBase {
  readonly kind: 'hardGate';
  /** `learned`: sigmoid of the variable `threshold` [1]. */
  readonly threshold: number | 'learned';
}

/** How far below its threshold a weight still passes: rounding must not close an even gate of threshold 1. */
export const gateSlack = 1e-6;

/**
 * A gate over the G groups of a mixed convolution: inputs x [h, w, C] and a [1, 1, G]; the channels of
 * group g are scaled by G * a_g, so that a uniform a is the identity. The same as x * (a M) with the
 * constant M [G, C] that holds G where channel c is of group g, else 0.
 */
export interface GroupScaleOp extends OpBase {
  readonly kind: 'groupScale';
  /** Channels of each group; they sum to C. */
  readonly sizes: readonly number[];
  /** `hard`: a group of small weight may be skipped at run time. */
  readonly gate: 'soft' | 'hard';
}

/** Fully connected on [1, 1, C]. Kernel [C, units], bias [units]. */
export interface DenseOp extends OpBase {
  readonly kind: 'dense';
}

/** Dropout in training, identity at inference. */
export interface DropoutOp extends OpBase {
  readonly kind: 'dropout';
  readonly rate: number;
}

export interface InputOp extends OpBase {
  readonly kind: 'input';
}

export type Op =
  | InputOp
  | Conv2dOp
  | DepthwiseOp
  | BatchNormOp
  | ActivationOp
  | SliceOp
  | ConcatOp
  | AddOp
  | MultiplyOp
  | MeanOp
  | MaxPoolOp
  | ShuffleOp
  | LayerNormOp
  | AttentionOp
  | SoftmaxOp
  | HardGateOp
  | GroupScaleOp
  | DenseOp
  | DropoutOp;

export type OpKind = Op['kind'];

/** What of our device kernels an op of a file is like, for its latency. */
export type Likeness =
  /** A matrix product: a 1x1 convolution that multiplies as often. */
  | 'product'
  | 'depthwise'
  | 'max-pool'
  | 'average-pool'
  /** Reads its inputs and writes its output once, number by number. */
  | 'elementwise'
  /** Reads its input once and writes little. */
  | 'reduce'
  /** Moves every number of its output. */
  | 'copy'
  /** Done within the op before it, as a runtime folds a bias. */
  | 'folded'
  /** Another shape of the same numbers. */
  | 'view';

/** An op of a model file that no network of ours has: called as the file calls it, counted, priced as what it is like. */
export interface ForeignOp extends OpBase {
  readonly kind: 'foreign';
  /** `ConvTranspose`, `PRELU`, `Conv 1x3`. */
  readonly type: string;
  readonly params: number;
  readonly macs: number;
  /** Whether its MACs are counted by its definition; else they are estimated from its weights and its output. */
  readonly known: boolean;
  readonly like: Likeness;
  /** Side of the square of the window's area, for pools and depthwise convolutions. */
  readonly window?: number;
  readonly stride?: number;
}

export interface LayerGraph<O = Op> {
  readonly name: string;
  readonly resolution: number;
  readonly classes: number;
  readonly ops: readonly O[];
}

/** A layer graph of ours or of a model file: what can be counted and priced, if not trained. */
export type AnyGraph = LayerGraph<AnyOp>;
export type AnyOp = Op | ForeignOp;
