/** From TFLite's tables to nodes and tensors. */
import { MixnasError } from '../../base/index.js';
import { type Table, builtinOperators, fusedActivations, readTables, tensorTypes } from '../tflite/index.js';
import { type Attribute, type FileModel, type FileNode, type FileTensor, mostNumbers } from './file-model.js';

const typeNames = new Map(Object.entries(tensorTypes).map(([name, code]) => [code as number, name]));

/** Numbers of a constant of a type that shapes and axes are of. */
function numbersOf(type: string, data: Uint8Array): readonly number[] | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const list = (size: number, get: (at: number) => number) =>
    data.length / size > mostNumbers
      ? undefined
      : Array.from({ length: Math.floor(data.length / size) }, (_, i) => get(size * i));
  switch (type) {
    case 'int32':
      return list(4, (at) => view.getInt32(at, true));
    case 'int64':
      return list(8, (at) => Number(view.getBigInt64(at, true)));
    case 'float32':
      return list(4, (at) => view.getFloat32(at, true));
    default:
      return undefined;
  }
}

function tensorsOf(model: Table<'Model'>, graph: Table<'SubGraph'>): Map<string, FileTensor> {
  const tensors = new Map<string, FileTensor>();
  const inputs = new Set(graph.inputs);
  for (const [i, tensor] of (graph.tensors ?? []).entries()) {
    const data = model.buffers?.[tensor.buffer]?.data;
    const constant = !inputs.has(i) && ((tensor.buffer > 0 && data !== undefined) || tensor.isVariable);
    const type = typeNames.get(tensor.type) ?? `type ${tensor.type}`;
    const { signature } = tensor;
    const free = signature && signature.length === (tensor.shape?.length ?? 0) ? signature : tensor.shape;
    tensors.set(String(i), {
      name: tensor.name ?? `tensor ${i}`,
      shape: (free ?? []).map((size) => (size < 0 ? undefined : size)),
      type,
      constant,
      numbers: constant && data ? () => numbersOf(type, data) : undefined,
    });
  }
  return tensors;
}

function weightsOf(tensors: Iterable<FileTensor>): number {
  let sum = 0;
  for (const { constant, shape = [] } of tensors) {
    if (constant && shape.length > 1) sum += shape.reduce<number>((a, b) => a * (b ?? 1), 1);
  }
  return sum;
}

function nodesOf(model: Table<'Model'>, graph: Table<'SubGraph'>, path: string): FileNode[] {
  const count = graph.tensors?.length ?? 0;
  const key = (index: number) => {
    if (index >= count || index < -1) {
      throw new MixnasError('bad-data', `${path}: an op reads tensor ${index} of ${count}.`, {
        remedy: 'Export or download it again.',
      });
    }
    return index < 0 ? undefined : String(index);
  };
  // Only ops that branch or loop run other subgraphs; which one is none of our attributes.
  const inner = Math.max(
    0,
    ...(model.subgraphs ?? []).slice(1).map((other) => weightsOf(tensorsOf(model, other).values())),
  );
  return (graph.operators ?? []).map((operator, i) => {
    const code = model.operatorCodes?.[operator.code];
    const number = Math.max(code?.code ?? 0, code?.oldCode ?? 0);
    const type = code?.custom ?? builtinOperators[number] ?? `op ${number}`;
    const outputs = (operator.outputs ?? []).map((index) => key(index) ?? '');
    const attributes: Record<string, Attribute | undefined> = { ...operator.options };
    const fused = fusedActivations[Number(attributes.activation ?? 0)];
    return {
      name: graph.tensors?.[Number(outputs[0])]?.name ?? `op ${i}`,
      type,
      inputs: (operator.inputs ?? []).map(key),
      outputs,
      attributes: { ...attributes, activation: fused ?? 'linear' },
      ...(['IF', 'WHILE', 'CALL_ONCE'].includes(type) && { innerWeights: inner }),
    };
  });
}

/** @throws MixnasError `bad-data` when the bytes are no whole TFLite file. */
export function tfliteModel(bytes: Uint8Array, path: string): FileModel {
  const model = readTables(bytes, path);
  const graph = model.subgraphs?.[0];
  if (graph === undefined) {
    throw new MixnasError('bad-data', `${path}: there is no network in this TFLite file.`, {
      remedy: 'Export or download it again.',
    });
  }
  const tensors = tensorsOf(model, graph);
  const nodes = nodesOf(model, graph, path);
  const known = (index: number) => {
    if (!tensors.has(String(index))) {
      throw new MixnasError('bad-data', `${path}: input or output ${index} is not one of its tensors.`, {
        remedy: 'Export or download it again.',
      });
    }
    return String(index);
  };
  const metadata = (model.metadata ?? []).flatMap(({ name, buffer }) => {
    const data = model.buffers?.[buffer]?.data;
    return name !== undefined && data && data.length < 1 << 20
      ? [[name, new TextDecoder().decode(data)] as const]
      : [];
  });
  return {
    format: 'TFLite',
    name: graph.name ?? '',
    metadata: Object.fromEntries(metadata),
    inputs: (graph.inputs ?? []).map(known),
    outputs: (graph.outputs ?? []).map(known),
    tensors,
    nodes,
  };
}
