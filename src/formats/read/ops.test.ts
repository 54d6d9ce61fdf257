/** Ops of foreign files, each in a file of its own: the map it gives, and what it multiplies. */
import { describe, expect, test } from 'vitest';
import { readModel } from './read.js';
import { type Tensor, bytes, int, int32, ints, onnx, tflite } from './test-helpers/model-files.js';

/** Shape of the last layer and the multiplications of all, as a file of one op has them. */
function lastOf(file: Uint8Array, name: string) {
  const { graph } = readModel(file, name);
  const last = graph.ops.at(-1);
  const macs = graph.ops.reduce((sum, op) => sum + (op.kind === 'foreign' ? op.macs : 0), 0);
  return { shape: last?.shape, kind: last?.kind === 'foreign' ? last.type : last?.kind, macs };
}

interface OnnxCase {
  readonly op: string;
  readonly input: readonly number[];
  /** Further inputs, in order. */
  readonly more?: readonly Tensor[];
  readonly attributes?: readonly object[];
  readonly shape: readonly number[];
  readonly macs?: number;
  /** What the layer is, where it is one of ours or says more than the op's name. */
  readonly kind?: string;
}
const list = (...values: number[]): Tensor => ({ dims: [values.length], values });
const text = (name: string, s: string) => ({ name, type: 3, s: new TextEncoder().encode(s) });
const float = (name: string, f: number) => ({ name, type: 1, f });

const onnxCases: readonly OnnxCase[] = [
  // Shapes are NCHW there; the layers' are height, width, channels.
  {
    op: 'MaxPool',
    input: [1, 2, 7, 7],
    attributes: [ints('kernel_shape', [3, 3]), ints('strides', [2, 2]), int('ceil_mode', 1)],
    shape: [3, 3, 2],
    kind: 'maxPool',
  },
  {
    op: 'MaxPool',
    input: [1, 2, 8, 8],
    attributes: [ints('kernel_shape', [3, 3]), ints('strides', [2, 2]), int('ceil_mode', 1)],
    shape: [4, 4, 2],
    kind: 'maxPool',
  },
  {
    op: 'MaxPool',
    input: [1, 2, 8, 8],
    attributes: [ints('kernel_shape', [3, 3]), ints('strides', [2, 2]), text('auto_pad', 'SAME_UPPER')],
    shape: [4, 4, 2],
    kind: 'maxPool',
  },
  {
    op: 'AveragePool',
    input: [1, 2, 8, 6],
    attributes: [ints('kernel_shape', [3, 2])],
    shape: [6, 5, 2],
    kind: 'AveragePool 3x2',
  },
  {
    op: 'AveragePool',
    input: [1, 2, 8, 8],
    attributes: [ints('kernel_shape', [8, 8])],
    shape: [1, 1, 2],
    kind: 'mean',
  },
  { op: 'GlobalMaxPool', input: [1, 5, 4, 3], shape: [1, 1, 5] },
  {
    op: 'ConvTranspose',
    input: [1, 4, 5, 5],
    more: [{ dims: [4, 6, 3, 3] }],
    attributes: [ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1]), ints('output_padding', [1, 1])],
    shape: [10, 10, 6],
    macs: 25 * 9 * 24,
    kind: 'ConvTranspose 3x3',
  },
  {
    op: 'ConvTranspose',
    input: [1, 4, 5, 5],
    more: [{ dims: [4, 6, 3, 3] }],
    attributes: [ints('strides', [2, 2]), text('auto_pad', 'SAME_UPPER')],
    shape: [10, 10, 6],
    macs: 25 * 9 * 24,
    kind: 'ConvTranspose 3x3',
  },
  {
    op: 'ConvTranspose',
    input: [1, 4, 5, 5],
    more: [{ dims: [4, 6, 3, 3] }],
    attributes: [ints('strides', [2, 2]), ints('output_shape', [11, 11])],
    shape: [11, 11, 6],
    macs: 25 * 9 * 24,
    kind: 'ConvTranspose 3x3',
  },
  {
    op: 'ConvInteger',
    input: [1, 3, 4, 4],
    more: [{ dims: [8, 3, 1, 1] }],
    shape: [4, 4, 8],
    kind: 'conv2d',
  },
  {
    op: 'Gemm',
    input: [2, 3],
    more: [{ dims: [7, 3] }, { dims: [7] }],
    attributes: [int('transB', 1)],
    shape: [2, 1, 7],
    kind: 'conv2d',
  },
  {
    op: 'Gemm',
    input: [3, 2],
    more: [{ dims: [3, 7] }],
    attributes: [int('transA', 1)],
    shape: [2, 1, 7],
    macs: 2 * 3 * 7,
  },
  {
    op: 'LSTM',
    input: [5, 1, 3],
    more: [{ dims: [1, 16, 3] }, { dims: [1, 16, 4] }, { dims: [1, 32] }],
    shape: [5, 1, 4],
    macs: 5 * (48 + 64),
  },
  {
    op: 'BatchNormalization',
    input: [1, 3, 4, 4],
    more: [1, 2, 3, 4].map(() => ({ dims: [3] })),
    shape: [4, 4, 3],
    kind: 'batchNorm',
  },
  {
    op: 'InstanceNormalization',
    input: [1, 3, 4, 4],
    more: [{ dims: [3] }, { dims: [3] }],
    shape: [4, 4, 3],
  },
  {
    op: 'HardSigmoid',
    input: [1, 3, 4, 4],
    attributes: [float('alpha', 1 / 6)],
    shape: [4, 4, 3],
    kind: 'activation',
  },
  { op: 'HardSigmoid', input: [1, 3, 4, 4], shape: [4, 4, 3] },
  { op: 'Clip', input: [1, 3, 4, 4], attributes: [float('min', 0)], shape: [4, 4, 3], kind: 'activation' },
  { op: 'Clip', input: [1, 3, 4, 4], attributes: [float('min', -1), float('max', 1)], shape: [4, 4, 3] },
  { op: 'PRelu', input: [1, 3, 4, 4], more: [{ dims: [3, 1, 1] }], shape: [4, 4, 3] },
  { op: 'Tanh', input: [1, 3, 4, 4], shape: [4, 4, 3] },
  { op: 'Add', input: [1, 3, 4, 4], more: [{ dims: [2, 1, 3, 1, 4] }], shape: [8, 4, 3] },
  {
    op: 'ReduceMean',
    input: [1, 3, 4, 4],
    attributes: [ints('axes', [2, 3]), int('keepdims', 0)],
    shape: [1, 1, 3],
    kind: 'mean',
  },
  { op: 'ReduceSum', input: [1, 3, 4, 5], attributes: [ints('axes', [-1])], shape: [4, 1, 3] },
  { op: 'ArgMax', input: [1, 3, 4, 5], attributes: [int('axis', 1), int('keepdims', 0)], shape: [4, 5, 1] },
  {
    op: 'Concat',
    input: [1, 3, 4, 5],
    more: [{ dims: [1, 3, 6, 5] }],
    attributes: [int('axis', 2)],
    shape: [10, 5, 3],
  },
  {
    op: 'Slice',
    input: [1, 8, 4, 5],
    more: [list(-6), list(-1), list(1), list(2)],
    shape: [4, 5, 3],
    kind: 'slice',
  },
  { op: 'Pad', input: [1, 3, 4, 5], more: [list(0, 0, 1, 2, 0, 0, 3, 4)], shape: [8, 11, 3] },
  {
    op: 'Resize',
    input: [1, 3, 4, 5],
    more: [
      { dims: [0], more: { dataType: 1 } },
      { dims: [4], more: { dataType: 1, floatData: [1, 1, 2, 3] } },
    ],
    shape: [8, 15, 3],
  },
  { op: 'Unsqueeze', input: [3, 4], more: [list(0)], shape: [1, 3, 4] },
  { op: 'Flatten', input: [1, 3, 4, 5], shape: [1, 1, 60] },
  { op: 'Flatten', input: [1, 3, 4, 5], attributes: [int('axis', -1)], shape: [12, 1, 5] },
  { op: 'Expand', input: [1, 3, 1, 1], more: [list(4, 5)], shape: [4, 5, 3] },
  { op: 'Tile', input: [1, 3, 4, 5], more: [list(1, 1, 2, 2)], shape: [8, 10, 3] },
  {
    op: 'Gather',
    input: [1, 8, 4, 5],
    more: [list(1, 3, 5)],
    attributes: [int('axis', 1)],
    shape: [4, 5, 3],
  },
  { op: 'DepthToSpace', input: [1, 8, 4, 5], attributes: [int('blocksize', 2)], shape: [8, 10, 2] },
  { op: 'SpaceToDepth', input: [1, 2, 4, 6], attributes: [int('blocksize', 2)], shape: [2, 3, 8] },
];

describe('ONNX', () => {
  test.each(onnxCases.map((each, i) => [`${each.op} ${i}`, each] as const))('%s', (_, each) => {
    const more = Object.fromEntries((each.more ?? []).map((tensor, i) => [`k${i}`, tensor]));
    const node = {
      opType: each.op,
      input: ['x', ...Object.keys(more)],
      output: ['y'],
      attribute: each.attributes ?? [],
    };
    const wanted = { shape: each.shape, kind: each.kind ?? each.op, macs: each.macs ?? 0 };
    expect(lastOf(onnx(each.input, [node], more), 'net.onnx')).toEqual(wanted);
  });

  test.each([
    ['MaxPool', [ints('kernel_shape', [3])], {}, 'a window of [3] is not one of 2 axes'],
    ['Conv', [int('group', 2)], { k0: { dims: [8, 3, 1, 1] } }, 'it takes 6 channels and is given 3'],
    ['Conv', [int('group', 3)], { k0: { dims: [8, 1, 1, 1] } }, 'are not divided by 3 groups'],
    ['MatMul', [], { k0: { dims: [5, 7] } }, 'rows of 4 are not multiplied by columns of 5'],
    ['Concat', [int('axis', 1)], { k0: { dims: [1, 3, 5, 4] } }, 'are not put together along axis 1'],
    ['Add', [], { k0: { dims: [3] } }, 'do not fit each other'],
    ['Resize', [], {}, 'neither its sizes nor its scales'],
  ])('what cannot be is refused: %s %#', (opType, attribute, constants, message) => {
    const node = { opType, input: ['x', ...Object.keys(constants)], output: ['y'], attribute };
    expect(() => readModel(onnx([1, 3, 4, 4], [node], constants), 'net.onnx')).toThrow(message);
  });
});

/** Shapes that a file computes: `y` of the nodes is the shape that `x`, 1x6x4x5, is given. */
const shapeNodes = (nodes: readonly (readonly [string, readonly string[], string, ...object[]])[]) =>
  nodes.map(([opType, input, output, ...attribute]) => ({ opType, input, output: [output], attribute }));

test.each<[string, Parameters<typeof shapeNodes>[0], readonly number[]]>([
  [
    'Gather, Div, Floor, Cast',
    [
      ['Gather', ['s', 'i1'], 'c'],
      ['Div', ['c', 'n4'], 'd'],
      ['Cast', ['d'], 'e', int('to', 7)],
      ['Unsqueeze', ['e'], 'f', ints('axes', [0])],
      ['Concat', ['f', 'rest'], 'to', int('axis', 0)],
    ],
    [1, 1, 120],
  ],
  [
    'ReduceProd, Sub, Neg',
    [
      ['ReduceProd', ['s'], 'p'],
      ['Neg', ['p'], 'q'],
      ['Sub', ['n4', 'q'], 'r'],
      ['Sub', ['r', 'n4'], 't'],
      ['Unsqueeze', ['t'], 'to', ints('axes', [0])],
    ],
    [1, 1, 120],
  ],
  [
    'Range, Squeeze, Abs',
    [
      ['Range', ['n0', 'n4', 'n1'], 'r'],
      ['Max', ['r', 'n1'], 'm'],
      ['Min', ['m', 'n1'], 'o'],
      ['Mul', ['o', 's'], 'to'],
    ],
    [4, 5, 6],
  ],
  [
    'Where, Equal, Greater',
    [
      ['Equal', ['s', 's'], 'e'],
      ['Where', ['e', 's', 'zeros'], 'to'],
    ],
    [4, 5, 6],
  ],
  [
    'ConstantOfShape, Expand, Add',
    [
      ['ConstantOfShape', ['two'], 'z'],
      ['Add', ['z', 'minus'], 'to'],
    ],
    [12, 1, 10],
  ],
])('shapes are computed as the file says: %s', (_, nodes, shape) => {
  const constants: Record<string, Tensor> = {
    i1: { dims: [], values: [1] },
    n0: { dims: [], values: [0] },
    n1: { dims: [], values: [1] },
    n4: { dims: [], values: [4] },
    two: list(2),
    minus: list(12, 10),
    rest: list(-1),
    zeros: list(0, 0, 0, 0),
  };
  const all = [
    ['Shape', ['x'], 's'],
    ...nodes,
    ['Reshape', ['x', 'to'], 'z'],
    ['Relu', ['z'], 'y'],
  ] as Parameters<typeof shapeNodes>[0];
  expect(lastOf(onnx([1, 6, 4, 5], shapeNodes(all), constants), 'net.onnx').shape).toEqual(shape);
});

type Given = Parameters<typeof tflite>[0][number];
interface TfliteCase {
  readonly op: string;
  /** Every tensor but the last, which is made; the first is the network's input. */
  readonly tensors: readonly Given[];
  /** The inputs, where they are not the tensors in order. */
  readonly inputs?: readonly number[];
  readonly options?: readonly [type: number, values: object];
  /** What the file declares of the result; the shape that is read where it is left out. */
  readonly declared?: readonly number[];
  readonly shape: readonly number[];
  readonly macs?: number;
  readonly kind?: string;
}
const image: Given = [[1, 8, 6, 4]];
const constant = (...values: number[]): Given => [[values.length], 2, int32(...values)];

const tfliteCases: readonly TfliteCase[] = [
  {
    op: 'MAX_POOL_2D',
    tensors: [image],
    options: [5, { strideW: 2, strideH: 2, filterW: 3, filterH: 3 }],
    shape: [4, 3, 4],
    kind: 'maxPool',
  },
  {
    op: 'AVERAGE_POOL_2D',
    tensors: [image],
    options: [5, { padding: 1, strideW: 1, strideH: 1, filterW: 6, filterH: 8 }],
    shape: [1, 1, 4],
    kind: 'mean',
  },
  {
    op: 'TRANSPOSE_CONV',
    tensors: [image, [[5, 3, 3, 4], 0, bytes(720)], constant(1, 16, 12, 5)],
    inputs: [2, 1, 0],
    options: [49, { strideW: 2, strideH: 2 }],
    shape: [16, 12, 5],
    macs: 48 * 180,
    kind: 'TRANSPOSE_CONV 3x3',
  },
  {
    op: 'Convolution2DTransposeBias',
    tensors: [image, [[5, 2, 2, 4], 0, bytes(320)], [[5], 0, bytes(20)]],
    declared: [1, 16, 12, 5],
    shape: [16, 12, 5],
    macs: 48 * 80,
    kind: 'Convolution2DTransposeBias 2x2',
  },
  {
    op: 'FULLY_CONNECTED',
    tensors: [image, [[3, 4], 0, bytes(48)]],
    options: [8, { keepDims: true }],
    shape: [8, 6, 3],
    kind: 'conv2d',
  },
  {
    op: 'BATCH_MATMUL',
    tensors: [[[1, 3, 4]], [[1, 5, 4], 0, bytes(80)]],
    options: [101, { adjointY: true }],
    shape: [1, 3, 5],
    macs: 60,
  },
  {
    op: 'SLICE',
    tensors: [image, constant(0, 0, 0, 1), constant(-1, -1, -1, 2)],
    shape: [8, 6, 2],
    kind: 'slice',
  },
  {
    op: 'STRIDED_SLICE',
    tensors: [image, constant(0, 0, 0, 1), constant(0, 0, 0, -1), constant(1, 1, 1, 1)],
    options: [32, { beginMask: 7, endMask: 7 }],
    shape: [8, 6, 2],
    kind: 'slice',
  },
  {
    op: 'STRIDED_SLICE',
    tensors: [image, constant(0, 2), constant(1, 3), constant(1, 1)],
    options: [32, { beginMask: 1, endMask: 1, shrinkAxisMask: 2 }],
    shape: [1, 6, 4],
    kind: 'STRIDED_SLICE',
  },
  {
    op: 'STRIDED_SLICE',
    tensors: [image, constant(0), constant(1), constant(1)],
    options: [32, { newAxisMask: 1 }],
    declared: [1, 1, 8, 6, 4],
    shape: [8, 6, 4],
  },
  { op: 'PAD', tensors: [image, constant(0, 0, 1, 1, 2, 0, 0, 0)], shape: [10, 8, 4] },
  { op: 'SUM', tensors: [image, constant(1)], options: [27, { keepDims: true }], shape: [1, 6, 4] },
  { op: 'ARG_MAX', tensors: [image, constant(3)], shape: [1, 8, 6] },
  {
    op: 'RESIZE_BILINEAR',
    tensors: [image, constant(16, 12)],
    options: [15, { alignCorners: true }],
    shape: [16, 12, 4],
  },
  { op: 'DEPTH_TO_SPACE', tensors: [image], options: [94, { blockSize: 2 }], shape: [16, 12, 1] },
  { op: 'SPACE_TO_DEPTH', tensors: [image], options: [19, { blockSize: 2 }], shape: [4, 3, 16] },
  { op: 'TRANSPOSE', tensors: [image, constant(0, 2, 1, 3)], shape: [6, 8, 4] },
  { op: 'RESHAPE', tensors: [image], options: [17, { newShape: [1, 48, 1, 4] }], shape: [48, 1, 4] },
  { op: 'SQUEEZE', tensors: [[[1, 8, 1, 4]]], options: [30, { axes: [2] }], shape: [1, 8, 4] },
  { op: 'EXPAND_DIMS', tensors: [[[6, 4]], constant(0)], shape: [1, 6, 4] },
  {
    op: 'PACK',
    tensors: [image, [[1, 8, 6, 4], 0, bytes(768)]],
    options: [59, { values: 2, axis: 1 }],
    shape: [16, 6, 4],
  },
  { op: 'TILE', tensors: [image, constant(1, 1, 2, 1)], shape: [8, 12, 4] },
  { op: 'GATHER', tensors: [image, constant(0, 2)], options: [23, { axis: 2 }], shape: [8, 2, 4] },
  { op: 'PRELU', tensors: [image, [[4], 0, bytes(16)]], shape: [8, 6, 4] },
  { op: 'LEAKY_RELU', tensors: [image], shape: [8, 6, 4] },
  { op: 'HARD_SWISH', tensors: [image], shape: [8, 6, 4], kind: 'activation' },
  { op: 'CAST', tensors: [image], options: [37, {}], shape: [8, 6, 4] },
  {
    op: 'ADD',
    tensors: [image, [[4], 0, bytes(16)]],
    options: [11, { activation: 4 }],
    shape: [8, 6, 4],
    kind: 'TANH',
  },
  {
    op: 'CONCATENATION',
    tensors: [image, [[1, 8, 6, 3], 0, bytes(576)]],
    options: [10, { axis: -1 }],
    shape: [8, 6, 7],
    kind: 'concat',
  },
];

describe('TFLite', () => {
  test.each(tfliteCases.map((each, i) => [`${each.op} ${i}`, each] as const))('%s', (_, each) => {
    const { tensors, inputs = tensors.map((_tensor, i) => i) } = each;
    const file = tflite(
      [...tensors, [each.declared ?? [1, ...each.shape]]],
      [[each.op, inputs, [tensors.length], ...(each.options ?? ([] as const))]],
    );
    const wanted = { shape: each.shape, kind: each.kind ?? each.op, macs: each.macs ?? 0 };
    expect(lastOf(file, 'net.tflite')).toEqual(wanted);
  });

  test.each([
    ['SPLIT', [constant(3), image], [0, 1], [35, { parts: 2 }], [2, 2]],
    ['SPLIT_V', [image, constant(1, -1), constant(3)], [0, 1, 2], [79, { parts: 2 }], [1, 3]],
  ] as const)('%s gives parts of the channels', (op, given, inputs, options, sizes) => {
    // The image is the network's input, whichever tensor the op reads first.
    const order = op === 'SPLIT' ? [given[1], given[0]] : given;
    const at = op === 'SPLIT' ? [1, 0] : inputs;
    const parts = sizes.map((size): Given => [[1, 8, 6, size]]);
    const made = parts.map((_part, i) => order.length + i);
    const file = tflite([...order, ...parts], [[op, at, made, ...options]]);
    const { graph } = readModel(file, 'net.tflite');
    expect(graph.ops.flatMap(({ kind, shape }) => (kind === 'slice' ? [shape[2]] : []))).toEqual(sizes);
  });
});
