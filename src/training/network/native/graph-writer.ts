/**
 * Records TensorFlow ops and writes them as a SavedModel, which tfjs-node can load and run as a session.
 *
 * Why: an op called from JavaScript costs 8 to 35 microseconds before it computes anything, an op in a
 * session 0.2; and a session reuses buffers, which eager ops held by JavaScript cannot. A training step
 * of a small network is several hundred ops.
 */
import { bytes, float, integer, join } from './protobuf.js';

/** An output of a recorded op: `name:index`. */
export type Ref = string;

/** TensorFlow's numbers of element types. */
const dtypes = { float: 1, int32: 3 } as const;
export type Dtype = keyof typeof dtypes;

const shapeMessage = (shape: readonly number[]) => join(shape.map((size) => bytes(2, integer(1, size))));

/** Values of op attributes (AttrValue messages). */
export const attr = {
  type: (dtype: Dtype) => integer(6, dtypes[dtype]),
  int: (value: number) => integer(3, value),
  ints: (values: readonly number[]) => bytes(1, join(values.map((value) => integer(3, value)))),
  float: (value: number) => float(4, value),
  bool: (value: boolean) => integer(5, value ? 1 : 0),
  string: (value: string) => bytes(2, value),
  shape: (shape: readonly number[]) => bytes(7, shapeMessage(shape)),
  tensor: (dtype: Dtype, shape: readonly number[], content: Uint8Array) =>
    bytes(8, join([integer(1, dtypes[dtype]), bytes(2, shapeMessage(shape)), bytes(4, content)])),
};
export type Attributes = Readonly<Record<string, Uint8Array>>;

/** The attribute nearly every op has: it works on floats. */
export const T: Attributes = { T: attr.type('float') };

/**
 * The version of the graph format written: that of TensorFlow 2.9, the oldest that tfjs-node 4 ships
 * with. Newer ones read it.
 */
const producer = 1087;

/** A graph being recorded; ops run in the order that their inputs ask for. */
export class GraphWriter {
  readonly #nodes: Uint8Array[] = [];
  readonly #constants = new Map<string, Ref>();

  /** Records an op; the result is its first output, see `output` for others. `after` must run before it. */
  op(type: string, inputs: readonly Ref[], attributes: Attributes = T, after: readonly Ref[] = []): Ref {
    return this.named(`n${this.#nodes.length}`, type, inputs, attributes, after);
  }

  /** The same under a name, by which the session feeds or fetches it. */
  named(
    name: string,
    type: string,
    inputs: readonly Ref[],
    attributes: Attributes = T,
    after: readonly Ref[] = [],
  ): Ref {
    const control = after.map((ref) => `^${ref.slice(0, ref.indexOf(':'))}`);
    this.#nodes.push(
      join([
        bytes(1, name),
        bytes(2, type),
        ...[...inputs, ...control].map((input) => bytes(3, input)),
        ...Object.entries(attributes).map(([key, value]) => bytes(5, join([bytes(1, key), bytes(2, value)]))),
      ]),
    );
    return `${name}:0`;
  }

  /** Output `index` of the op whose first output is `ref`. */
  output(ref: Ref, index: number): Ref {
    return `${ref.slice(0, ref.indexOf(':'))}:${index}`;
  }

  /** What is fed at a run; a size of -1 is open. */
  placeholder(name: string, dtype: Dtype, shape: readonly number[]): Ref {
    return this.named(name, 'Placeholder', [], { dtype: attr.type(dtype), shape: attr.shape(shape) });
  }

  /** A constant tensor; equal ones are recorded once. */
  constant(values: Float32Array | Int32Array, shape: readonly number[]): Ref {
    const dtype = values instanceof Float32Array ? 'float' : 'int32';
    const content = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const key = `${dtype} ${shape.join()} ${content.toString('base64')}`;
    let ref = this.#constants.get(key);
    if (ref === undefined) {
      const value = attr.tensor(dtype, shape, content);
      ref = this.op('Const', [], { dtype: attr.type(dtype), value });
      this.#constants.set(key, ref);
    }
    return ref;
  }

  ints(values: readonly number[]): Ref {
    return this.constant(Int32Array.from(values), [values.length]);
  }

  int(value: number): Ref {
    return this.constant(Int32Array.of(value), []);
  }

  float(value: number): Ref {
    return this.constant(Float32Array.of(value), []);
  }

  /** The bytes of `saved_model.pb`. */
  encode(): Uint8Array {
    const graph = join([...this.#nodes.map((node) => bytes(1, node)), bytes(4, integer(1, producer))]);
    const info = join([bytes(4, 'serve'), bytes(5, '2.9.1')]);
    return join([integer(1, 1), bytes(2, join([bytes(1, info), bytes(2, graph)]))]);
  }
}
