/** Appends ops to a layer graph, computing each op's shape. */
import type { Activation } from './blocks/fields.js';
import type { DepthwiseOp, GroupScaleOp, HardGateOp, Op, Shape } from './graph.js';
import { batchNormEpsilon, batchNormMomentum, layerNormEpsilon } from './norms.js';

interface ConvOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** Size of a SAME convolution's output: every stride-th position, counted from the first. */
export function sameSize(size: number, stride: number): number {
  return Math.ceil(size / stride);
}

/**
 * A layer graph in the making: each method appends one op that reads op `from`, and returns its id. Ops
 * are written out as literals, because spreading objects makes lowering ten times slower.
 */
export class GraphBuilder {
  readonly ops: Op[] = [];
  /** The block that the next ops belong to; undefined in stem and head. */
  block: number | undefined;

  #push(op: Op): number {
    this.ops.push(op);
    return op.id;
  }

  #shape(id: number): Shape {
    return (this.ops[id] as Op).shape;
  }

  channels(id: number): number {
    return this.#shape(id)[2];
  }

  input(size: number, channels: number): number {
    const { ops, block } = this;
    const shape: Shape = [size, size, channels];
    return this.#push({ id: ops.length, name: 'input', inputs: [], shape, block, kind: 'input' });
  }

  conv(name: string, from: number, out: number, options: ConvOptions = {}): number {
    const { ops, block } = this;
    const { kernel = 1, stride = 1, groups = 1, bias = false } = options;
    const [height, width] = this.#shape(from);
    return this.#push({
      id: ops.length,
      name,
      inputs: [from],
      shape: [sameSize(height, stride), sameSize(width, stride), out],
      block,
      kind: 'conv2d',
      kernel,
      stride,
      dilation: 1,
      groups,
      bias,
    });
  }

  depthwise(
    name: string,
    from: number,
    kernel: number,
    stride: number,
    dilation = 1,
    skip?: DepthwiseOp['skip'],
  ): number {
    const { ops, block } = this;
    const [height, width, channels] = this.#shape(from);
    return this.#push({
      id: ops.length,
      name,
      inputs: [from],
      shape: [sameSize(height, stride), sameSize(width, stride), channels],
      block,
      kind: 'depthwiseConv2d',
      kernel,
      stride,
      dilation,
      ...(skip && { skip }),
    });
  }

  batchNorm(name: string, from: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({
      id: ops.length,
      name,
      inputs: [from],
      shape,
      block,
      kind: 'batchNorm',
      epsilon: batchNormEpsilon,
      momentum: batchNormMomentum,
    });
  }

  /** No op for `linear`: the id of `from` again. */
  activation(name: string, from: number, activation: Activation): number {
    if (activation === 'linear') return from;
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'activation', activation });
  }

  slice(name: string, from: number, begin: number, size: number): number {
    const { ops, block } = this;
    const [height, width] = this.#shape(from);
    const shape: Shape = [height, width, size];
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'slice', begin });
  }

  concat(name: string, parts: readonly number[]): number {
    const { ops, block } = this;
    const [height, width] = this.#shape(parts[0] ?? 0);
    const channels = parts.reduce((sum, id) => sum + this.channels(id), 0);
    const shape: Shape = [height, width, channels];
    return this.#push({ id: ops.length, name, inputs: parts, shape, block, kind: 'concat' });
  }

  add(name: string, from: number, other: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from, other], shape, block, kind: 'add' });
  }

  /** `scale` is [1, 1, C] or of the same shape as `from`. */
  multiply(name: string, from: number, scale: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from, scale], shape, block, kind: 'multiply' });
  }

  mean(name: string, from: number): number {
    const { ops, block } = this;
    const shape: Shape = [1, 1, this.channels(from)];
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'mean' });
  }

  maxPool(name: string, from: number, kernel: number, stride: number): number {
    const { ops, block } = this;
    const [height, width, channels] = this.#shape(from);
    const shape: Shape = [sameSize(height, stride), sameSize(width, stride), channels];
    return this.#push({
      id: ops.length,
      name,
      inputs: [from],
      shape,
      block,
      kind: 'maxPool',
      kernel,
      stride,
    });
  }

  shuffle(name: string, from: number, groups: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'shuffle', groups });
  }

  layerNorm(name: string, from: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    const own = { kind: 'layerNorm', epsilon: layerNormEpsilon } as const;
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, ...own });
  }

  /** `from` holds queries, keys and values, each a third of its channels. */
  attention(name: string, from: number, heads: number, patch: number): number {
    const { ops, block } = this;
    const [height, width, channels] = this.#shape(from);
    const shape: Shape = [height, width, channels / 3];
    return this.#push({
      id: ops.length,
      name,
      inputs: [from],
      shape,
      block,
      kind: 'attention',
      heads,
      patch,
    });
  }

  hardGate(name: string, from: number, threshold: HardGateOp['threshold']): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'hardGate', threshold });
  }

  /** @param independent whether each weight is the sigmoid of its logit. */
  softmax(name: string, from: number, ranks: readonly number[], independent = false): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    const own = independent ? { independent: true as const } : {};
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'softmax', ranks, ...own });
  }

  /** Scales group g of `from` by its weight; `weights` is [1, 1, G], and there are `sizes[g]` channels. */
  groupScale(
    name: string,
    from: number,
    weights: number,
    sizes: readonly number[],
    gate: GroupScaleOp['gate'],
  ): number {
    const { ops, block } = this;
    const inputs = [from, weights];
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs, shape, block, kind: 'groupScale', sizes, gate });
  }

  dense(name: string, from: number, units: number): number {
    const { ops, block } = this;
    const shape: Shape = [1, 1, units];
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'dense' });
  }

  dropout(name: string, from: number, rate: number): number {
    const { ops, block } = this;
    const shape = this.#shape(from);
    return this.#push({ id: ops.length, name, inputs: [from], shape, block, kind: 'dropout', rate });
  }
}
