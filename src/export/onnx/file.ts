/** The nodes and tensors of one ONNX file in the making. */
import { onnx } from '../../formats/index.js';
import { halfBytes } from '../tflite/half.js';
import type { Elements } from './layout.js';

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}
export const integer = (name: string, i: number): Attribute => ({ name, type: 2, i });
export const integers = (name: string, ints: readonly number[]): Attribute => ({ name, type: 7, ints });

type Precision = 'float32' | 'float16';

export class OnnxFile {
  readonly nodes: object[] = [];
  readonly tensors: object[] = [];
  /** What each value is and how large, for those who look into the file. */
  readonly infos: object[] = [];

  constructor(private readonly weights: Precision) {}

  node(
    opType: string,
    name: string,
    input: readonly string[],
    output: readonly string[],
    attribute: readonly Attribute[] = [],
  ): void {
    this.nodes.push({ opType, name, input, output, attribute });
  }

  info(name: string, dims: readonly number[]): void {
    this.infos.push(valueInfo(name, dims));
  }

  private tensor(name: string, dims: readonly number[], dataType: number, rawData: Uint8Array): string {
    this.tensors.push({ name, dims, dataType, rawData });
    return name;
  }

  /** Small numbers, always whole. */
  constant(name: string, dims: readonly number[], data: Elements): string {
    const type = data instanceof Float32Array ? 'float32' : data instanceof Int8Array ? 'int8' : 'int32';
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return this.tensor(name, dims, onnx.dataTypes[type], raw);
  }

  /** Weights of a layer: with 16 bits, stored so and made 32 again before they are read. */
  weight(name: string, dims: readonly number[], data: Float32Array): string {
    if (this.weights === 'float32') return this.constant(name, dims, data);
    const half = this.tensor(`${name}/float16`, dims, onnx.dataTypes.float16, halfBytes(data));
    this.node('Cast', name, [half], [name], [integer('to', onnx.dataTypes.float32)]);
    return name;
  }

  indices(name: string, values: readonly number[]): string {
    const raw = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    return this.tensor(name, [values.length], onnx.dataTypes.int64, raw);
  }
}

export function valueInfo(name: string, dims: readonly number[]): object {
  const dim = dims.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnx.dataTypes.float32, shape: { dim } } } };
}
