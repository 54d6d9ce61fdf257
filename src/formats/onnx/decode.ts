/** ONNX's messages, read. Numbers of 64 bits become plain numbers. */
import protobuf from 'protobufjs';
import { MixnasError, messageOf } from '../../base/index.js';
import { modelType } from './schema.js';

interface Dimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}
export interface ValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly Dimension[] };
    };
  };
}
export interface Tensor {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly doubleData?: readonly number[];
  readonly uint64Data?: readonly number[];
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}
interface Attribute {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: Tensor;
  readonly g?: Graph;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
}
export interface Node {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute?: readonly Attribute[];
}
export interface Graph {
  readonly name?: string;
  readonly node?: readonly Node[];
  readonly initializer?: readonly Tensor[];
  readonly sparseInitializer?: readonly { readonly values?: Tensor; readonly dims?: readonly number[] }[];
  readonly input?: readonly ValueInfo[];
  readonly output?: readonly ValueInfo[];
  readonly valueInfo?: readonly ValueInfo[];
}
export interface Model {
  readonly graph?: Graph;
  readonly producerName?: string;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}

/** @throws MixnasError `bad-data` when the bytes are no ONNX file, cut off or broken. */
export function decodeModel(bytes: Uint8Array, path: string): Model {
  const broken = (what: string, cause?: unknown) =>
    new MixnasError('bad-data', `${path}: ${what}, so it is no whole ONNX file.`, {
      remedy: 'Export or download it again.',
      cause,
    });
  // Objects of 64 bits would take many times the size of a hostile file.
  const { Long } = protobuf.util;
  let model: Model;
  try {
    protobuf.util.Long = undefined as never;
    protobuf.configure();
    model = modelType.decode(bytes) as unknown as Model;
  } catch (cause) {
    throw broken(messageOf(cause).split('\n')[0] ?? 'it cannot be read', cause);
  } finally {
    protobuf.util.Long = Long;
    protobuf.configure();
  }
  if (!model.graph?.node?.length) throw broken('there are no nodes in it');
  return model;
}
