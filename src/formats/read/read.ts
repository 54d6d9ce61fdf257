/** A model file as a layer graph: any network of convolutional type, whoever made it. */
import { MixnasError, kindOfBytes, printable } from '../../base/index.js';
import type { AnyGraph, ForeignOp, Shape } from '../../models/index.js';
import { Call } from './call.js';
import type { FileModel, FileTensor } from './file-model.js';
import { foldNumbers } from './fold-numbers.js';
import { type InputShape, channelAxis, inputShapes } from './input-shapes.js';
import { type ExternalReader, onnxModel } from './onnx-model.js';
import { onnxOps } from './ops/onnx.js';
import { unknown } from './ops/shape.js';
import { tfliteOps } from './ops/tflite.js';
import { joinSelfGates } from './self-gates.js';
import { tfliteModel } from './tflite-model.js';
import { type Value, imageOf, product } from './value.js';
import { LayerWriter } from './writer.js';

export interface ReadModelOptions {
  /** Shapes of inputs, in the order of the file or by name: for those whose size the file leaves free. */
  readonly inputs?: readonly InputShape[] | undefined;
  /** Reads what an ONNX file keeps beside itself. */
  readonly external?: ExternalReader | undefined;
}

/** What a file's network computes with. */
export type Precision = 'float32' | 'float16' | 'int8';

/** An op that we do not know, with what was assumed of it. */
export interface UnknownOp {
  readonly type: string;
  /** How many there are. */
  readonly count: number;
  /** Estimated: their weights multiply every pixel of their output. */
  readonly macs: number;
}

export interface ModelFile {
  readonly format: 'TFLite' | 'ONNX';
  readonly graph: AnyGraph;
  /** Of the weights: half of their bytes at least are of this type. */
  readonly precision: Precision;
  /** The map of each input: height, width, channels. */
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly unknown: readonly UnknownOp[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Numbers of one tensor beyond which a shape is an error rather than a network. */
const mostElements = 2 ** 34;

function precisionOf(tensors: Iterable<FileTensor>): Precision {
  const sums = { float32: 0, float16: 0, int8: 0 };
  for (const { constant, shape = [], type } of tensors) {
    if (!constant || shape.length < 2) continue;
    const count = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
    if (['int8', 'uint8', 'int4'].includes(type)) sums.int8 += count;
    else if (type === 'float16') sums.float16 += count;
    else sums.float32 += count;
  }
  const most = Math.max(...Object.values(sums));
  return most === 0 || sums.float32 === most ? 'float32' : sums.float16 === most ? 'float16' : 'int8';
}

/** Walks the nodes of a file and writes the layers that they are. */
function layersOf(model: FileModel, path: string, options: ReadModelOptions) {
  const { format, tensors } = model;
  const ops = format === 'TFLite' ? tfliteOps : onnxOps;
  const writer = new LayerWriter();
  const values = new Map<string, Value>();
  const given = inputShapes(model, path, options.inputs ?? []);
  const channelOf = (rank: number) => (format === 'ONNX' && rank > 2 ? 1 : Math.max(0, rank - 1));
  for (const { key, name, shape } of given.inputs) {
    values.set(key, writer.input(name, shape, channelAxis(shape, format)));
  }
  const fail = (what: string): never => {
    throw new MixnasError('bad-data', `${path}: ${printable(what)}.`, {
      remedy: 'Export or download it again.',
    });
  };
  const whole = (tensor: FileTensor | undefined) =>
    tensor?.shape?.every((size) => size !== undefined) ? tensor.shape : undefined;
  const valueOf = (key: string, reader: string): Value => {
    const made = values.get(key);
    if (made) return made;
    const tensor = tensors.get(key);
    if (!tensor?.constant)
      return fail(`\`${reader}\` reads \`${tensor?.name ?? key}\`, which nothing before it makes`);
    const shape = whole(tensor) ?? [];
    checkShape(shape, tensor.name);
    const value = { shape, channel: channelOf(shape.length), numbers: tensor.numbers?.() };
    values.set(key, value);
    return value;
  };
  const checkShape = (shape: readonly number[], name: string) => {
    const sound = shape.length <= 8 && shape.every((size) => Number.isInteger(size) && size >= 0);
    if (!sound || product(shape) > mostElements)
      fail(`\`${name}\` would have the shape [${shape.join(', ')}]`);
  };
  for (const node of model.nodes) {
    const inputs = node.inputs.map((key) => (key === undefined ? undefined : valueOf(key, node.name)));
    const declared = node.outputs.map((key) => (given.asDeclared ? whole(tensors.get(key)) : undefined));
    const call = new Call(node, inputs, declared, writer, format, path);
    const folded = foldNumbers(call);
    const read = Object.hasOwn(ops, node.type) ? ops[node.type] : undefined;
    const made = folded ? [folded] : (read ?? unknown)(call);
    for (const [i, key] of node.outputs.entries()) {
      const value = made[i];
      if (value === undefined) continue;
      checkShape(value.shape, node.name);
      values.set(key, value);
    }
  }
  for (const key of model.outputs) valueOf(key, 'the network');
  return { ops: writer.ops, inputs: given.inputs };
}

/**
 * Reads a `.tflite` or `.onnx` file.
 * @param path how the file is called in errors; where its content does not say which of the two it is, its ending does.
 * @throws MixnasError `bad-data` for a broken file, `bad-usage` where an input's size must be given.
 */
export function readModel(bytes: Uint8Array, path: string, options: ReadModelOptions = {}): ModelFile {
  const isTflite = kindOfBytes(bytes)?.name === 'tflite' || path.toLowerCase().endsWith('.tflite');
  const model = isTflite ? tfliteModel(bytes, path) : onnxModel(bytes, path, options.external);
  const layers = layersOf(model, path, options);
  const ops = joinSelfGates(layers.ops);
  const inputs = layers.inputs.map(({ name, shape }) => ({
    name,
    shape: imageOf({ shape, channel: channelAxis(shape, model.format) }),
  }));
  const last = ops.at(-1);
  if (last === undefined || !ops.some(({ kind }) => kind !== 'input')) {
    throw new MixnasError('bad-data', `${path}: its outputs depend on none of its inputs.`, {
      remedy: 'Export the network with its inputs.',
    });
  }
  const unknownOps = new Map<string, UnknownOp>();
  for (const op of ops) {
    if (op.kind !== 'foreign' || op.known || op.like === 'view') continue;
    const before = unknownOps.get(op.type) ?? { type: op.type, count: 0, macs: 0 };
    unknownOps.set(op.type, {
      ...before,
      count: before.count + 1,
      macs: before.macs + (op satisfies ForeignOp).macs,
    });
  }
  return {
    format: model.format,
    graph: {
      name: model.name,
      resolution: inputs[0]?.shape[0] ?? 1,
      classes: last.shape[2],
      ops,
    },
    precision: precisionOf(model.tensors.values()),
    inputs,
    unknown: [...unknownOps.values()],
    metadata: model.metadata,
  };
}
