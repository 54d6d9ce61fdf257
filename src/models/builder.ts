/** Appends ops to a layer graph, working out each op's shape. */
import type { Activation } from './architecture.js';
import type { GroupScaleOp, Op, Shape } from './graph.js';

type Attributes<T> = T extends Op ? Omit<T, 'id' | 'name' | 'inputs' | 'shape' | 'block'> : never;

/** Batch normalisation as in the authors' MixNet code. */
const batchNormAttributes = { kind: 'batchNorm', epsilon: 1e-3, momentum: 0.99 } as const;

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

/** A layer graph in the making: each method appends one op that reads op `from`, and returns its id. */
export class GraphBuilder {
  readonly ops: Op[] = [];
  /** The block that the next ops belong to; undefined in stem and head. */
  block: number | undefined;

  #add(attributes: Attributes<Op>, name: string, inputs: readonly number[], shape: Shape): number {
    const id = this.ops.length;
    this.ops.push({ ...attributes, id, name, inputs, shape, block: this.block });
    return id;
  }

  #shape(id: number): Shape {
    return (this.ops[id] as Op).shape;
  }

  channels(id: number): number {
    return this.#shape(id)[2];
  }

  input(size: number, channels: number): number {
    return this.#add({ kind: 'input' }, 'input', [], [size, size, channels]);
  }

  conv(name: string, from: number, out: number, options: ConvOptions = {}): number {
    const { kernel = 1, stride = 1, groups = 1, bias = false } = options;
    const [height, width] = this.#shape(from);
    const shape: Shape = [sameSize(height, stride), sameSize(width, stride), out];
    return this.#add({ kind: 'conv2d', kernel, stride, dilation: 1, groups, bias }, name, [from], shape);
  }

  depthwise(name: string, from: number, kernel: number, stride: number, dilation: number): number {
    const [height, width, channels] = this.#shape(from);
    const shape: Shape = [sameSize(height, stride), sameSize(width, stride), channels];
    return this.#add({ kind: 'depthwiseConv2d', kernel, stride, dilation }, name, [from], shape);
  }

  batchNorm(name: string, from: number): number {
    return this.#add(batchNormAttributes, name, [from], this.#shape(from));
  }

  /** No op for `linear`: the id of `from` again. */
  activation(name: string, from: number, activation: Activation): number {
    if (activation === 'linear') return from;
    return this.#add({ kind: 'activation', activation }, name, [from], this.#shape(from));
  }

  slice(name: string, from: number, begin: number, size: number): number {
    const [height, width] = this.#shape(from);
    return this.#add({ kind: 'slice', begin }, name, [from], [height, width, size]);
  }

  concat(name: string, parts: readonly number[]): number {
    const [height, width] = this.#shape(parts[0] as number);
    const channels = parts.reduce((sum, id) => sum + this.channels(id), 0);
    return this.#add({ kind: 'concat' }, name, parts, [height, width, channels]);
  }

  add(name: string, from: number, other: number): number {
    return this.#add({ kind: 'add' }, name, [from, other], this.#shape(from));
  }

  /** `scale` is [1, 1, C] or of the same shape as `from`. */
  multiply(name: string, from: number, scale: number): number {
    return this.#add({ kind: 'multiply' }, name, [from, scale], this.#shape(from));
  }

  mean(name: string, from: number): number {
    return this.#add({ kind: 'mean' }, name, [from], [1, 1, this.channels(from)]);
  }

  softmax(name: string, from: number): number {
    return this.#add({ kind: 'softmax' }, name, [from], this.#shape(from));
  }

  groupScale(
    name: string,
    from: number,
    weights: number,
    sizes: readonly number[],
    gate: GroupScaleOp['gate'],
  ): number {
    return this.#add({ kind: 'groupScale', sizes, gate }, name, [from, weights], this.#shape(from));
  }

  dense(name: string, from: number, units: number): number {
    return this.#add({ kind: 'dense' }, name, [from], [1, 1, units]);
  }

  dropout(name: string, from: number, rate: number): number {
    return this.#add({ kind: 'dropout', rate }, name, [from], this.#shape(from));
  }
}
