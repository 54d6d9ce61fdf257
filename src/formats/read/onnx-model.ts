/** From ONNX's messages to nodes and tensors. */
import { MixnasError } from '../../base/index.js';
import { type Graph, type Node, type Tensor, type ValueInfo, dataTypes, decodeModel } from '../onnx/index.js';
import {
  type Attribute,
  type FileModel,
  type FileNode,
  type FileShape,
  type FileTensor,
  mostNumbers,
} from './file-model.js';

const typeNames = new Map(Object.entries(dataTypes).map(([name, code]) => [code as number, name]));
const typeName = (code: number | undefined) => typeNames.get(code ?? 0) ?? `type ${code ?? 0}`;

/** Reads a part of the file that holds a tensor's values, beside the model. */
export type ExternalReader = (location: string, offset: number, length: number) => Uint8Array;

const elements = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

function rawNumbers(type: string, data: Uint8Array): number[] | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const list = (size: number, get: (at: number) => number) =>
    Array.from({ length: Math.floor(data.length / size) }, (_, i) => get(size * i));
  switch (type) {
    case 'float32':
      return list(4, (at) => view.getFloat32(at, true));
    case 'float64':
      return list(8, (at) => view.getFloat64(at, true));
    case 'int32':
      return list(4, (at) => view.getInt32(at, true));
    case 'int64':
      return list(8, (at) => Number(view.getBigInt64(at, true)));
    case 'bool':
    case 'uint8':
      return [...data];
    case 'int8':
      return list(1, (at) => view.getInt8(at));
    default:
      return undefined;
  }
}

function numbersOf(tensor: Tensor, external: ExternalReader | undefined): readonly number[] | undefined {
  const count = elements(tensor.dims ?? []);
  if (count > mostNumbers) return undefined;
  const type = typeName(tensor.dataType);
  if (tensor.dataLocation === 1) {
    const field = (key: string) => tensor.externalData?.find((pair) => pair.key === key)?.value;
    const location = field('location');
    const width = ['int64', 'float64'].includes(type) ? 8 : ['int8', 'uint8', 'bool'].includes(type) ? 1 : 4;
    if (location === undefined || external === undefined) return undefined;
    return rawNumbers(type, external(location, Number(field('offset') ?? 0), count * width));
  }
  if (tensor.rawData?.length) return rawNumbers(type, tensor.rawData)?.slice(0, count);
  const typed = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData, tensor.uint64Data];
  const values = typed.find((data) => data !== undefined && data.length > 0);
  return values?.slice(0, count) ?? (count === 0 ? [] : undefined);
}

function constantOf(name: string, tensor: Tensor, external: ExternalReader | undefined): FileTensor {
  return {
    name,
    shape: tensor.dims ?? [],
    type: typeName(tensor.dataType),
    constant: true,
    numbers: () => numbersOf(tensor, external),
  };
}

function shapeOf({ type }: ValueInfo): FileShape | undefined {
  return type?.tensorType?.shape?.dim?.map(({ dimValue }) =>
    dimValue !== undefined && dimValue > 0 ? dimValue : undefined,
  );
}

/** Attributes by name; tensors and graphs apart. */
function attributesOf(node: Node): Record<string, Attribute | undefined> {
  const values: Record<string, Attribute | undefined> = {};
  for (const { name = '', type, f, i, s, floats, ints } of node.attribute ?? []) {
    const plain =
      type === 1 ? f : type === 2 ? i : type === 3 ? new TextDecoder().decode(s) : type === 6 ? floats : ints;
    // Files of before 2018 leave the type out.
    values[name] = plain ?? (ints?.length ? ints : floats?.length ? floats : (i ?? f));
  }
  return values;
}

type Dims = ReadonlyMap<string, readonly number[]>;
const weightsOfDims = (dims: readonly number[] = []) => (dims.length > 1 ? elements(dims) : 0);

/** Weights that a branch or a loop's body holds, or takes from around it by name. */
function weightsWithin(graph: Graph, around: Dims, depth: number): number {
  if (depth > deepest) return 0;
  const own = new Map(around);
  for (const { name = '', dims = [] } of graph.initializer ?? []) own.set(name, dims);
  let sum = 0;
  for (const node of graph.node ?? []) {
    for (const { t } of node.attribute ?? []) sum += weightsOfDims(t?.dims);
    for (const name of node.input ?? []) sum += weightsOfDims(own.get(name));
    sum += innerWeights(node, own, depth + 1);
  }
  return sum;
}

/** Graphs within graphs that are followed. */
const deepest = 8;

/** Weights of the largest graph within a node. */
function innerWeights(node: Node, around: Dims, depth = 0): number {
  return Math.max(0, ...(node.attribute ?? []).map(({ g }) => (g ? weightsWithin(g, around, depth) : 0)));
}

function nodeOf(node: Node, i: number, weights: Dims): FileNode {
  const { domain = '', opType = '', name } = node;
  const outputs = (node.output ?? []).map((output) => output);
  const inner = innerWeights(node, weights);
  return {
    name: name || outputs[0] || `node ${i}`,
    type: domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`,
    inputs: (node.input ?? []).map((input) => (input === '' ? undefined : input)),
    outputs,
    attributes: attributesOf(node),
    ...(inner > 0 && { innerWeights: inner }),
  };
}

/**
 * @param external reads values that lie in a file beside the model; without it they are unknown.
 * @throws MixnasError `bad-data` when the bytes are no whole ONNX file.
 */
export function onnxModel(bytes: Uint8Array, path: string, external?: ExternalReader): FileModel {
  const model = decodeModel(bytes, path);
  const graph = model.graph as Graph;
  const version = model.opsetImport?.find(
    ({ domain = '' }) => domain === '' || domain === 'ai.onnx',
  )?.version;
  if (version !== undefined && version < 7) {
    throw new MixnasError('bad-data', `${path}: it is of ONNX opset ${version}.`, {
      remedy: 'Convert it to opset 9 or newer: python -m onnx.version_converter.',
    });
  }
  const tensors = new Map<string, FileTensor>();
  const inform = (info: ValueInfo) => {
    const { name = '' } = info;
    const type = typeName(info.type?.tensorType?.elemType);
    tensors.set(name, { name, shape: shapeOf(info), type, constant: false });
  };
  for (const info of [...(graph.valueInfo ?? []), ...(graph.output ?? []), ...(graph.input ?? [])])
    inform(info);
  const constants = new Set<string>();
  const hold = (name: string, tensor: Tensor) => {
    constants.add(name);
    tensors.set(name, constantOf(name, tensor, external));
  };
  for (const tensor of graph.initializer ?? []) hold(tensor.name ?? '', tensor);
  for (const { values, dims } of graph.sparseInitializer ?? []) {
    if (values)
      hold(values.name ?? '', {
        ...(dims && { dims }),
        ...(values.dataType && { dataType: values.dataType }),
      });
  }
  const nodes: FileNode[] = [];
  const weights = new Map((graph.initializer ?? []).map(({ name = '', dims = [] }) => [name, dims] as const));
  for (const [i, node] of (graph.node ?? []).entries()) {
    const held =
      node.opType === 'Constant' ? node.attribute?.find(({ name }) => name === 'value')?.t : undefined;
    if (held) hold(node.output?.[0] ?? '', held);
    else nodes.push(nodeOf(node, i, weights));
  }
  return {
    format: 'ONNX',
    name: graph.name ?? '',
    metadata: Object.fromEntries((model.metadataProps ?? []).map(({ key = '', value = '' }) => [key, value])),
    // Until IR version 4 an initializer is an input, too.
    inputs: (graph.input ?? []).flatMap(({ name = '' }) => (constants.has(name) ? [] : [name])),
    outputs: (graph.output ?? []).map(({ name = '' }) => name),
    tensors,
    nodes,
  };
}
