/**
 * The part of TFLite's flatbuffer schema (schema.fbs, version 3c) that networks need: of each table the slot
 * and the type of its fields. Encoder and reader both use it; nothing else knows a slot number.
 */

/** A scalar, a string, `[T]` a vector, or a table's name; `[Table]` is a vector of tables. */
type Scalar = 'bool' | 'i8' | 'u8' | 'i32' | 'u32' | 'f32';
type Vector = '[u8]' | '[i32]' | '[f32]' | '[i64]';
export type FieldType = Scalar | 'string' | Vector | `table ${string}` | `tables ${string}` | 'options';
/** Slot, type, and what an absent scalar means where that is not 0. */
export type Slot = readonly [slot: number, type: FieldType, absent?: number];

const strides = { padding: [0, 'i8'], strideW: [1, 'i32'], strideH: [2, 'i32'] } as const;
const fused = { activation: [0, 'i8'] } as const;

/** Tables that hold the attributes of ops, at the number that each has in the union `BuiltinOptions`. */
export const optionTables = {
  1: {
    ...strides,
    activation: [3, 'i8'],
    dilationW: [4, 'i32', 1],
    dilationH: [5, 'i32', 1],
  },
  2: {
    ...strides,
    multiplier: [3, 'i32'],
    activation: [4, 'i8'],
    dilationW: [5, 'i32', 1],
    dilationH: [6, 'i32', 1],
  },
  5: { ...strides, filterW: [3, 'i32'], filterH: [4, 'i32'], activation: [5, 'i8'] },
  8: { ...fused, weightsFormat: [1, 'i8'], keepDims: [2, 'bool'] },
  9: { beta: [0, 'f32'] },
  10: { axis: [0, 'i32'], activation: [1, 'i8'] },
  11: fused,
  15: { alignCorners: [2, 'bool'], halfPixelCenters: [3, 'bool'] },
  17: { newShape: [0, '[i32]'] },
  18: {},
  19: { blockSize: [0, 'i32'] },
  21: fused,
  22: {},
  23: { axis: [0, 'i32'], batchDims: [1, 'i32'] },
  26: {},
  27: { keepDims: [0, 'bool'] },
  28: fused,
  29: fused,
  30: { axes: [0, '[i32]'] },
  32: {
    beginMask: [0, 'i32'],
    endMask: [1, 'i32'],
    ellipsisMask: [2, 'i32'],
    newAxisMask: [3, 'i32'],
    shrinkAxisMask: [4, 'i32'],
  },
  35: { parts: [0, 'i32'] },
  37: { from: [0, 'i8'], to: [1, 'i8'] },
  38: {},
  48: {},
  49: { ...strides, activation: [3, 'i8'] },
  52: {},
  59: { values: [0, 'i32'], axis: [1, 'i32'] },
  64: { parts: [0, 'i32'], axis: [1, 'i32'] },
  74: { alignCorners: [0, 'bool'], halfPixelCenters: [1, 'bool'] },
  75: { alpha: [0, 'f32'] },
  79: { parts: [0, 'i32'] },
  89: {},
  91: {},
  94: { blockSize: [0, 'i32'] },
  99: {},
  101: { adjointX: [0, 'bool'], adjointY: [1, 'bool'] },
} as const satisfies Record<number, Record<string, Slot>>;

/** The tables of a model but those of ops' attributes. */
export const tables = {
  Model: {
    version: [0, 'u32'],
    operatorCodes: [1, 'tables OperatorCode'],
    subgraphs: [2, 'tables SubGraph'],
    description: [3, 'string'],
    buffers: [4, 'tables Buffer'],
    metadata: [6, 'tables Metadata'],
    signatures: [7, 'tables Signature'],
  },
  OperatorCode: {
    /** The builtin code where it is below 127, for readers of before 2020. */
    oldCode: [0, 'i8'],
    custom: [1, 'string'],
    version: [2, 'i32', 1],
    code: [3, 'i32'],
  },
  SubGraph: {
    tensors: [0, 'tables Tensor'],
    inputs: [1, '[i32]'],
    outputs: [2, '[i32]'],
    operators: [3, 'tables Operator'],
    name: [4, 'string'],
  },
  Tensor: {
    shape: [0, '[i32]'],
    type: [1, 'i8'],
    buffer: [2, 'u32'],
    name: [3, 'string'],
    quantization: [4, 'table Quantization'],
    isVariable: [5, 'bool'],
    sparsity: [6, 'table Sparsity'],
    /** The shape with -1 where an axis is free. */
    signature: [7, '[i32]'],
  },
  Quantization: {
    min: [0, '[f32]'],
    max: [1, '[f32]'],
    scale: [2, '[f32]'],
    zeroPoint: [3, '[i64]'],
    axis: [6, 'i32'],
  },
  Sparsity: { order: [0, '[i32]'], blocks: [1, '[i32]'], axes: [2, 'tables SparseAxis'] },
  SparseAxis: { format: [0, 'i8'], size: [1, 'i32'] },
  Operator: {
    code: [0, 'u32'],
    inputs: [1, '[i32]'],
    outputs: [2, '[i32]'],
    /** Which table of `optionTables` the next slot holds. */
    optionsType: [3, 'u8'],
    options: [4, 'options'],
    customOptions: [5, '[u8]'],
  },
  Buffer: { data: [0, '[u8]'] },
  Metadata: { name: [0, 'string'], buffer: [1, 'u32'] },
  Signature: {
    inputs: [0, 'tables NamedTensor'],
    outputs: [1, 'tables NamedTensor'],
    key: [2, 'string'],
    subgraph: [4, 'u32'],
  },
  NamedTensor: { name: [0, 'string'], tensor: [1, 'u32'] },
} as const satisfies Record<string, Record<string, Slot>>;

export type TableName = keyof typeof tables;

type ValueOf<T> = T extends 'bool'
  ? boolean
  : T extends Scalar
    ? number
    : T extends 'string'
      ? string
      : T extends '[u8]'
        ? Uint8Array
        : T extends Vector
          ? readonly number[]
          : T extends `table ${infer N extends TableName}`
            ? Table<N>
            : T extends `tables ${infer N extends TableName}`
              ? readonly Table<N>[]
              : T extends 'options'
                ? Options
                : never;
type IsScalar<T> = T extends Scalar ? true : false;
type Fields<S extends Record<string, Slot>> = {
  readonly [K in keyof S]: IsScalar<S[K][1]> extends true ? ValueOf<S[K][1]> : ValueOf<S[K][1]> | undefined;
};

/** Attributes of an op by name. */
export type Options = Readonly<Record<string, number | boolean | readonly number[] | undefined>>;
/** A table as it is read: scalars always have a value, anything else may be absent. */
export type Table<N extends TableName> = Fields<(typeof tables)[N]>;

/** Bytes at 4 of every TFLite file. */
export const fileIdentifier = 'TFL3';

/** Values of the enum `TensorType`, by name. */
export const tensorTypes = {
  float32: 0,
  float16: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  string: 5,
  bool: 6,
  int16: 7,
  complex64: 8,
  int8: 9,
  float64: 10,
  uint64: 12,
  uint32: 15,
  uint16: 16,
  int4: 17,
} as const;

/** Values of the enum `ActivationFunctionType`. */
export const fusedActivations = ['linear', 'relu', 'relu-1-to-1', 'relu6', 'tanh', 'sign'] as const;
