/** The tensors and buffers of a TFLite file in the making. */
import { tflite } from '../../formats/index.js';
import type { LoweredGraph, Quantization } from '../lower/index.js';

type Tensor = tflite.TableInput<'Tensor'>;
type TypeName = keyof typeof tflite.tensorTypes;

const bytesOf = (array: Float32Array | Int8Array | Int32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Numbers tensors in the order in which they are first used. */
export class Tensors {
  readonly tensors: Tensor[] = [];
  /** The first is empty, as the format wants it. */
  readonly buffers: { readonly data?: Uint8Array }[] = [{}];
  readonly #byValue = new Map<number, number>();
  readonly #indices = new Map<string, number>();

  constructor(
    private readonly graph: LoweredGraph,
    private readonly quantized: readonly (Quantization | undefined)[],
  ) {}

  add(
    name: string,
    type: TypeName,
    shape: readonly number[],
    data?: Uint8Array,
    quantization?: Quantization,
  ): number {
    if (data) this.buffers.push({ data });
    const { scale, zeroPoint = 0, axis = 0 } = quantization ?? {};
    this.tensors.push({
      name,
      type: tflite.tensorTypes[type],
      shape: [...shape],
      buffer: data ? this.buffers.length - 1 : 0,
      ...(scale && {
        quantization: {
          scale: [...scale],
          zeroPoint: Array.from(scale, () => zeroPoint),
          axis,
        },
      }),
    });
    return this.tensors.length - 1;
  }

  /** How a value is quantized; undefined where it is float. */
  quantization(id: number): Quantization | undefined {
    return this.quantized[id];
  }

  /** The tensor of a value of the graph. */
  of(id: number): number {
    const known = this.#byValue.get(id);
    if (known !== undefined) return known;
    const { name, shape, data } = this.graph.values[id] as LoweredGraph['values'][number];
    const quantization = this.quantized[id];
    const array = quantization ? quantization.data : data;
    const type = quantization ? quantization.type : 'float32';
    const index = this.add(name, type, shape, array && bytesOf(array), quantization);
    this.#byValue.set(id, index);
    return index;
  }

  shapeOf(id: number): readonly number[] {
    return (this.graph.values[id] as LoweredGraph['values'][number]).shape;
  }

  /** Lets a value be another tensor. */
  alias(id: number, tensor: number): void {
    this.#byValue.set(id, tensor);
  }

  /** A constant of 32-bit integers, as axes and shapes are given; equal ones are one tensor. */
  integers(role: string, values: readonly number[], scalar = false): number {
    return this.#constant(role, values, scalar ? [] : [values.length]);
  }

  /** The same in rows of two. */
  pairs(role: string, rows: readonly (readonly [number, number])[]): number {
    return this.#constant(role, rows.flat(), [rows.length, 2]);
  }

  #constant(role: string, values: readonly number[], shape: readonly number[]): number {
    const key = `${role}/${values.join('x')}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.add(key, 'int32', shape, bytesOf(Int32Array.from(values)));
    this.#indices.set(key, index);
    return index;
  }
}
