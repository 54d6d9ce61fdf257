/**
 * The lowered graph: a trained network as runtimes want it, and the one thing that every encoder reads.
 *
 * Batch norm is folded, activations are fused where a runtime can fuse them, gates are plain ops, and nothing is
 * left that only training needs. Values are arrays with a batch of 1 (`[1, height, width, channels]`, behind a
 * dense layer `[1, units]`); node `i` reads values that the nodes before it made, or constants. Windows have SAME
 * padding as TensorFlow has it. Names are those of the layer graph, so `blocks.3.depthwise.1` in a file is
 * `blocks.3.depthwise.1` in our tables; what a layer becomes in several steps is named `<layer>/<step>`.
 */

/** What a node applies to its result at no cost of its own. */
export type Fused = 'none' | 'relu' | 'relu6';

/** An array that a node makes or reads. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of a constant, its elements; undefined where a node makes it, and for the input. */
  readonly data?: Float32Array;
}

interface NodeBase {
  readonly name: string;
  /** Ids of values, in the order that each kind says. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The layer that it comes from, and its block; undefined in stem and head. */
  readonly layer: string;
  readonly block?: number | undefined;
}

/** Reads x, kernel `[out, k, k, in / groups]`, bias `[out]`. */
export interface ConvNode extends NodeBase {
  readonly kind: 'conv2d';
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly fused: Fused;
}

/** Reads x, kernel `[1, k, k, channels]`, bias `[channels]`. */
export interface DepthwiseNode extends NodeBase {
  readonly kind: 'depthwiseConv2d';
  readonly stride: number;
  readonly dilation: number;
  readonly fused: Fused;
}

/** Reads x of `in` elements, kernel `[out, in]`, bias `[out]`; makes `[1, out]`. */
export interface DenseNode extends NodeBase {
  readonly kind: 'dense';
  readonly fused: Fused;
}

/** Equal parts of the last axis, one an output. */
export interface SplitNode extends NodeBase {
  readonly kind: 'split';
}

/** The part of x that begins at `begin` and has the shape of the output. */
export interface SliceNode extends NodeBase {
  readonly kind: 'slice';
  readonly begin: readonly number[];
}

/** Along the last axis. */
export interface ConcatNode extends NodeBase {
  readonly kind: 'concat';
}

/** Elementwise; the second may be smaller and is then repeated along axes of size 1. */
export interface BinaryNode extends NodeBase {
  readonly kind: 'binary';
  readonly operator: 'add' | 'subtract' | 'multiply' | 'squaredDifference';
  readonly fused: Fused;
}

export interface UnaryNode extends NodeBase {
  readonly kind: 'unary';
  readonly operator: 'relu' | 'relu6' | 'logistic' | 'hardSwish' | 'rsqrt';
}

/** Mean over `axes`, which stay with size 1. */
export interface MeanNode extends NodeBase {
  readonly kind: 'mean';
  readonly axes: readonly number[];
}

export interface MaxPoolNode extends NodeBase {
  readonly kind: 'maxPool';
  readonly kernel: number;
  readonly stride: number;
}

/** Over the last axis. */
export interface SoftmaxNode extends NodeBase {
  readonly kind: 'softmax';
}

export interface ReshapeNode extends NodeBase {
  readonly kind: 'reshape';
}

export interface TransposeNode extends NodeBase {
  readonly kind: 'transpose';
  readonly perm: readonly number[];
}

/** Zeros before and after, by axis. */
export interface PadNode extends NodeBase {
  readonly kind: 'pad';
  readonly pads: readonly (readonly [number, number])[];
}

/** Matrix products of the last two axes; with `transposeSecond`, of x and the second's transpose. */
export interface MatmulNode extends NodeBase {
  readonly kind: 'matmul';
  readonly transposeSecond: boolean;
}

/** Floats to integers; only in graphs that are quantized. */
export interface QuantizeNode extends NodeBase {
  readonly kind: 'quantize';
}

/** Integers to floats; only in graphs that are quantized. */
export interface DequantizeNode extends NodeBase {
  readonly kind: 'dequantize';
}

export type LoweredNode =
  | ConvNode
  | DepthwiseNode
  | DenseNode
  | SplitNode
  | SliceNode
  | ConcatNode
  | BinaryNode
  | UnaryNode
  | MeanNode
  | MaxPoolNode
  | SoftmaxNode
  | ReshapeNode
  | TransposeNode
  | PadNode
  | MatmulNode
  | QuantizeNode
  | DequantizeNode;

/** What an application has to know to use a file. */
export interface Signature {
  /** The names of input and output in the file. */
  readonly input: string;
  readonly output: string;
  /** The name of each class, in the order of the logits. */
  readonly labels: readonly string[];
  /** The network reads (pixel / 255 - mean) / std, by channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface LoweredGraph {
  readonly name: string;
  readonly values: readonly Value[];
  /** In execution order. */
  readonly nodes: readonly LoweredNode[];
  readonly input: number;
  readonly output: number;
  readonly signature: Signature;
}
