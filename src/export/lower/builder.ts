/** Appends nodes and constants to a lowered graph. */
import { InternalError } from '../../base/index.js';
import type { BinaryNode, Fused, LoweredNode, UnaryNode, Value } from './graph.js';

/** What every node of a layer has in common. */
export interface Layer {
  readonly name: string;
  readonly block?: number | undefined;
}

interface Window {
  readonly stride: number;
  readonly dilation: number;
}

/** A lowered graph in the making. Methods append a node of `layer` and return the id of the value it makes. */
export class LoweredBuilder {
  readonly values: Value[] = [];
  readonly nodes: LoweredNode[] = [];

  value(name: string, shape: readonly number[], data?: Float32Array): number {
    this.values.push(data ? { name, shape, data } : { name, shape });
    return this.values.length - 1;
  }

  shape(id: number): readonly number[] {
    const value = this.values[id];
    if (!value) throw new InternalError(`no value ${id}`);
    return value.shape;
  }

  /** The parts that all nodes have; `step` names what is not the layer itself. */
  #base({ name, block }: Layer, inputs: readonly number[], shape: readonly number[], step?: string) {
    const own = step === undefined ? name : `${name}/${step}`;
    return { name: own, inputs, outputs: [this.value(own, shape)], layer: name, block };
  }

  #push(node: LoweredNode): number {
    this.nodes.push(node);
    return node.outputs[0] as number;
  }

  constant({ name }: Layer, role: string, shape: readonly number[], data: Float32Array): number {
    return this.value(`${name}.${role}`, shape, data);
  }

  conv(
    layer: Layer,
    inputs: readonly [x: number, kernel: number, bias: number],
    shape: readonly number[],
    options: Window & { readonly groups: number; readonly fused: Fused },
    step?: string,
  ): number {
    return this.#push({ ...this.#base(layer, inputs, shape, step), kind: 'conv2d', ...options });
  }

  depthwise(
    layer: Layer,
    inputs: readonly [x: number, kernel: number, bias: number],
    shape: readonly number[],
    options: Window & { readonly fused: Fused },
  ): number {
    return this.#push({ ...this.#base(layer, inputs, shape), kind: 'depthwiseConv2d', ...options });
  }

  dense(
    layer: Layer,
    inputs: readonly [x: number, kernel: number, bias: number],
    fused: Fused,
    step?: string,
  ): number {
    const units = this.shape(inputs[1])[0] as number;
    return this.#push({ ...this.#base(layer, inputs, [1, units], step), kind: 'dense', fused });
  }

  /** Equal parts of the last axis; returns the values. */
  split(layer: Layer, x: number, names: readonly string[]): readonly number[] {
    const shape = this.shape(x);
    const part = (shape.at(-1) as number) / names.length;
    const outputs = names.map((name) => this.value(name, [...shape.slice(0, -1), part]));
    const { name, block } = layer;
    this.nodes.push({ name, inputs: [x], outputs, layer: name, block, kind: 'split' });
    return outputs;
  }

  /** `size` places of the last axis from `begin`. */
  slice(layer: Layer, x: number, begin: number, size: number, step?: string): number {
    const shape = this.shape(x);
    const begins = shape.map((_, axis) => (axis === shape.length - 1 ? begin : 0));
    return this.part(layer, x, begins, [...shape.slice(0, -1), size], step);
  }

  /** The part of x from `begin` with this shape. */
  part(layer: Layer, x: number, begin: readonly number[], shape: readonly number[], step?: string): number {
    return this.#push({ ...this.#base(layer, [x], shape, step), kind: 'slice', begin });
  }

  concat(layer: Layer, parts: readonly number[], step?: string): number {
    const shape = this.shape(parts[0] as number);
    const channels = parts.reduce((sum, id) => sum + (this.shape(id).at(-1) as number), 0);
    return this.#push({
      ...this.#base(layer, parts, [...shape.slice(0, -1), channels], step),
      kind: 'concat',
    });
  }

  /** Elementwise; `second` may be smaller. */
  binary(
    layer: Layer,
    operator: BinaryNode['operator'],
    [x, second]: readonly [number, number],
    options: { readonly step?: string; readonly fused?: Fused } = {},
  ): number {
    const base = this.#base(layer, [x, second], this.shape(x), options.step);
    return this.#push({ ...base, kind: 'binary', operator, fused: options.fused ?? 'none' });
  }

  unary(layer: Layer, operator: UnaryNode['operator'], x: number, step?: string): number {
    return this.#push({ ...this.#base(layer, [x], this.shape(x), step), kind: 'unary', operator });
  }

  mean(layer: Layer, x: number, axes: readonly number[], step?: string): number {
    const shape = this.shape(x).map((n, axis) => (axes.includes(axis) ? 1 : n));
    return this.#push({ ...this.#base(layer, [x], shape, step), kind: 'mean', axes });
  }

  maxPool(layer: Layer, x: number, shape: readonly number[], kernel: number, stride: number): number {
    return this.#push({ ...this.#base(layer, [x], shape), kind: 'maxPool', kernel, stride });
  }

  softmax(layer: Layer, x: number, step?: string): number {
    return this.#push({ ...this.#base(layer, [x], this.shape(x), step), kind: 'softmax' });
  }

  reshape(layer: Layer, x: number, shape: readonly number[], step?: string): number {
    return this.#push({ ...this.#base(layer, [x], shape, step), kind: 'reshape' });
  }

  transpose(layer: Layer, x: number, perm: readonly number[], step?: string): number {
    const from = this.shape(x);
    const shape = perm.map((axis) => from[axis] as number);
    return this.#push({ ...this.#base(layer, [x], shape, step), kind: 'transpose', perm });
  }

  pad(layer: Layer, x: number, pads: readonly (readonly [number, number])[], step?: string): number {
    const shape = this.shape(x).map((n, axis) => n + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0));
    return this.#push({ ...this.#base(layer, [x], shape, step), kind: 'pad', pads });
  }

  matmul(layer: Layer, inputs: readonly [number, number], transposeSecond: boolean, step: string): number {
    const [first, second] = [this.shape(inputs[0]), this.shape(inputs[1])];
    const columns = second.at(transposeSecond ? -2 : -1) as number;
    const base = this.#base(layer, inputs, [...first.slice(0, -1), columns], step);
    return this.#push({ ...base, kind: 'matmul', transposeSecond });
  }
}
