import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import {
  countCost,
  cost,
  lower,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
  scaleTo,
} from '../../models/index.js';
import { encodeOnnx } from '../onnx/index.js';
import { randomWeights } from '../weights.js';
import { readModel } from './read.js';
import { type Node, bytes, int, int32, ints, onnx, tflite } from './test-helpers/model-files.js';

const conv = (input: string, weights: string, output: string, ...attribute: object[]): Node => ({
  opType: 'Conv',
  input: [input, weights],
  output: [output],
  attribute,
});

test('what we write as ONNX is read with the same multiplications, layer for layer', () => {
  const blocks = [
    { op: 'inverted-residual', kernels: [3, 5, 7], expansion: 3, gate: 'soft', seRatio: 0.25, out: 12 },
    {
      op: 'inverted-residual',
      kernels: [3, 5],
      split: 'exponential',
      expansion: 2,
      stride: 2,
      expandGroups: 2,
      out: 16,
    },
    {
      op: 'inverted-residual',
      kernels: [3, 3],
      dilations: [1, 2],
      expansion: 2,
      activation: 'hswish',
      out: 16,
    },
    { op: 'shuffle', stride: 2, out: 32 },
    { op: 'ghost', kernel: 3, expansion: 2, out: 16 },
    { op: 'mobile-vit', dim: 8, depth: 2, heads: 2, patch: 2 },
  ];
  const own = { resolution: 32, classes: 7, stem: { out: 12 }, blocks, head: { out: 24 } };
  const graphs = [
    lower(parseArchitecture(own)),
    ...referenceNames.map((name) =>
      lower(scaleTo(referenceArchitecture(name), { resolution: 64, classes: 10 })),
    ),
  ];
  for (const graph of graphs) {
    const bytes = encodeOnnx(graph, randomWeights(graph, createRandom('read')), { batch: 1 });
    const { graph: read, unknown, inputs } = readModel(bytes, 'net.onnx');
    expect(unknown).toEqual([]);
    expect(inputs).toEqual([{ name: 'image', shape: [graph.resolution, graph.resolution, 3] }]);
    expect(read.classes).toBe(graph.classes);
    // A gate's constant matrix is a convolution in the file, and padded patches are multiplied.
    const multiplies = (list: ReturnType<typeof cost>['layers']) =>
      list.flatMap(({ op, macs, name }) =>
        ['conv2d', 'depthwiseConv2d', 'dense'].includes(op) && !name.includes('/weights') ? [macs] : [],
      );
    expect(multiplies(cost(read).layers)).toEqual(multiplies(cost(graph).layers));
  }
});

test('windows that are no square, transposed convolutions and products count each multiplication', () => {
  const bytes = onnx(
    [1, 4, 10, 12],
    [
      conv('x', 'a', 'a1', ints('pads', [0, 1, 0, 1]), ints('strides', [1, 2])),
      { opType: 'ConvTranspose', input: ['a1', 'b'], output: ['b1'], attribute: [ints('strides', [2, 2])] },
      { opType: 'Reshape', input: ['b1', 's'], output: ['c1'] },
      { opType: 'Transpose', input: ['c1'], output: ['c2'], attribute: [ints('perm', [0, 2, 1])] },
      { opType: 'MatMul', input: ['c2', 'd'], output: ['d1'] },
      { opType: 'Add', input: ['d1', 'e'], output: ['y'] },
    ],
    {
      a: { dims: [8, 4, 1, 3] },
      b: { dims: [8, 5, 2, 2] },
      s: { dims: [3], values: [1, 5, -1] },
      d: { dims: [5, 7] },
      e: { dims: [7] },
    },
  );
  const { graph } = readModel(bytes, 'net.onnx');
  const { layers, params } = cost(graph);
  const macs = layers.filter((layer) => layer.macs > 0).map((layer) => [layer.op, layer.macs]);
  expect(macs).toEqual([
    ['Conv 1x3', 10 * 6 * 8 * 4 * 3],
    ['ConvTranspose 2x2', 10 * 6 * 8 * 5 * 4],
    ['conv2d', 20 * 12 * 5 * 7],
  ]);
  expect(params).toBe(8 * 4 * 3 + 8 * 5 * 4 + 5 * 7 + 7);
});

test('sizes left free are asked for, and taken with channels first or last', () => {
  const bytes = onnx(['n', 3, 'h', 'w'], [conv('x', 'k', 'y', ints('strides', [2, 2]))], {
    k: { dims: [8, 3, 1, 1] },
  });
  expect(() => readModel(bytes, 'net.onnx')).toThrow('net.onnx: its input `x` is 1x3x?x?');
  const macs = 4 * 8 * 8 * 3;
  for (const shape of [
    [1, 8, 16, 3],
    [1, 3, 8, 16],
  ]) {
    const read = readModel(bytes, 'net.onnx', { inputs: [{ shape }] });
    expect(countCost(read.graph).macs).toBe(macs);
  }
  const wrong = { inputs: [{ shape: [1, 8, 16, 4] }] };
  expect(() => readModel(bytes, 'net.onnx', wrong)).toThrow('which 1x8x16x4 does not fit');
  expect(() => readModel(bytes, 'net.onnx', { inputs: [{ name: 'z', shape: [1] }] })).toThrow('no input `z`');
});

test('weights may be Constant nodes, inputs too, in a file beside, or quantized', () => {
  const held = onnx(
    [1, 3, 4, 4],
    [conv('q1', 'w1', 'y')],
    { k: { dims: [8, 3, 1, 1] } },
    {
      node: [
        {
          opType: 'Constant',
          output: ['s'],
          attribute: [{ name: 'value', type: 4, t: { dims: [], dataType: 1, floatData: [1] } }],
        },
        { opType: 'QuantizeLinear', input: ['x', 's'], output: ['q0'] },
        { opType: 'DequantizeLinear', input: ['q0', 's'], output: ['q1'] },
        { opType: 'DequantizeLinear', input: ['w', 's'], output: ['w1'] },
        { opType: 'Reshape', input: ['q1', 'beside'], output: ['r'] },
        conv('r', 'w1', 'y'),
      ],
      initializer: [
        { name: 'w', dims: [8, 3, 1, 1], dataType: 3 },
        {
          name: 'beside',
          dims: [4],
          dataType: 7,
          dataLocation: 1,
          externalData: [
            { key: 'location', value: 'w.bin' },
            { key: 'offset', value: '8' },
          ],
        },
      ],
      input: ['x', 'w'].map((name) => ({
        name,
        type: {
          tensorType: {
            elemType: 1,
            shape: { dim: (name === 'x' ? [1, 3, 4, 4] : [8, 3, 1, 1]).map((dimValue) => ({ dimValue })) },
          },
        },
      })),
    },
  );
  const asked: unknown[] = [];
  const external = (...place: [string, number, number]) => {
    asked.push(place);
    return new Uint8Array(BigInt64Array.from([1n, 3n, 2n, 8n]).buffer);
  };
  const read = readModel(held, 'net.onnx', { external });
  expect(asked).toEqual([['w.bin', 8, 32]]);
  expect(read.inputs.map(({ name }) => name)).toEqual(['x']);
  expect(read.precision).toBe('int8');
  expect(countCost(read.graph)).toEqual({ macs: 16 * 24, params: 24 });
  expect(() => readModel(held, 'net.onnx')).toThrow('its shape is not a constant of the file');
});

test('what older opsets hold in attributes is read as what newer ones hold in inputs', () => {
  const old = onnx(
    [1, 8, 4, 4],
    [
      {
        opType: 'Slice',
        input: ['x'],
        output: ['a'],
        attribute: [ints('axes', [1]), ints('starts', [2]), ints('ends', [100])],
      },
      {
        opType: 'Clip',
        input: ['a'],
        output: ['b'],
        attribute: [
          { name: 'min', type: 1, f: 0 },
          { name: 'max', type: 1, f: 6 },
        ],
      },
      {
        opType: 'Split',
        input: ['b'],
        output: ['c', 'd'],
        attribute: [int('axis', 1), ints('split', [2, 4])],
      },
      { opType: 'Upsample', input: ['d', 'scales'], output: ['e'] },
      { opType: 'GlobalAveragePool', input: ['e'], output: ['f'] },
      { opType: 'Squeeze', input: ['f'], output: ['y'], attribute: [ints('axes', [2, 3])] },
    ],
    { scales: { dims: [4], more: { dataType: 1, floatData: [1, 1, 2, 2] } } },
  );
  const { graph } = readModel(old, 'net.onnx');
  expect(graph.ops.map(({ kind, shape }) => [kind, ...shape])).toEqual([
    ['input', 4, 4, 8],
    ['slice', 4, 4, 6],
    ['activation', 4, 4, 6],
    ['slice', 4, 4, 2],
    ['slice', 4, 4, 4],
    ['foreign', 8, 8, 4],
    ['mean', 1, 1, 4],
  ]);
});

test('shapes that a file computes from its input are followed', () => {
  const bytes = onnx(
    [1, 'c', 'h', 'w'],
    [
      { opType: 'Shape', input: ['x'], output: ['s'] },
      { opType: 'Slice', input: ['s', 'i2', 'i4', 'i0'], output: ['hw'] },
      { opType: 'Mul', input: ['hw', 'two'], output: ['big'] },
      { opType: 'Slice', input: ['s', 'i0', 'i2', 'i0'], output: ['nc'] },
      { opType: 'Concat', input: ['nc', 'big'], output: ['sizes'], attribute: [int('axis', 0)] },
      { opType: 'Resize', input: ['x', '', '', 'sizes'], output: ['y'] },
    ],
    {
      i0: { dims: [1], values: [0] },
      i2: { dims: [1], values: [2] },
      i4: { dims: [1], values: [4] },
      two: { dims: [1], values: [2] },
    },
  );
  const { graph } = readModel(bytes, 'net.onnx', { inputs: [{ shape: [1, 5, 6, 7] }] });
  expect(graph.ops.at(-1)).toMatchObject({ kind: 'foreign', type: 'Resize', shape: [12, 14, 5] });
});

test('an op that nobody knows is named, estimated by its weights and kept', () => {
  const bytes = onnx(
    [1, 3, 4, 4],
    [
      { opType: 'Magic', input: ['x', 'k'], output: ['a'], domain: 'com.example' },
      { opType: 'Sorcery', input: ['a'], output: ['y'] },
    ],
    { k: { dims: [3, 5] } },
  );
  const { unknown, graph } = readModel(bytes, 'net.onnx');
  expect(unknown).toEqual([
    { type: 'com.example.Magic', count: 1, macs: 15 * 16 },
    { type: 'Sorcery', count: 1, macs: 0 },
  ]);
  expect(graph.ops.map((op) => (op.kind === 'foreign' ? [op.type, op.like, op.known] : op.kind))).toEqual([
    'input',
    ['com.example.Magic', 'product', false],
    ['Sorcery', 'elementwise', false],
  ]);
});

test('TFLite weights of 16 bits and sparse ones are weights; a fused activation is a layer', () => {
  const file = tflite(
    [
      [[1, 8, 8, 3]],
      [[6, 3, 3, 3], 1, bytes(324)],
      [[6, 3, 3, 3]],
      [[6], 0, bytes(24)],
      [[1, 4, 4, 6]],
      [[1, 5, 5, 6], 0, bytes(40)],
      [[1, 5, 5, 6]],
      [[1, 4, 4, 6]],
    ],
    [
      ['DEQUANTIZE', [1], [2]],
      ['CONV_2D', [0, 2, 3], [4], 1, { strideW: 2, strideH: 2, activation: 3, dilationW: 1, dilationH: 1 }],
      ['DENSIFY', [5], [6]],
      ['DEPTHWISE_CONV_2D', [4, 6, -1], [7], 2, { strideW: 1, strideH: 1, multiplier: 1 }],
    ],
  );
  const read = readModel(file, 'net.tflite');
  expect(read.graph.ops.map(({ kind }) => kind)).toEqual([
    'input',
    'conv2d',
    'activation',
    'depthwiseConv2d',
  ]);
  expect(countCost(read.graph)).toEqual({ macs: 16 * 162 + 16 * 150, params: 162 + 6 + 150 });
  expect(read.precision).toBe('float16');
});

test('a TFLite file of integers with free sizes is read at the size that is given', () => {
  const free = { signature: [-1, -1, -1, 3] };
  const file = tflite(
    [
      [[1, 1, 1, 3], 9, undefined, free],
      [[4, 1, 1, 3], 9, bytes(12)],
      [[1, 1, 1, 4], 9, undefined, { signature: [-1, -1, -1, 4] }],
      [[2], 2, int32(1, 2)],
      [[1, 4], 9],
    ],
    [
      ['CONV_2D', [0, 1], [2], 1, { strideW: 1, strideH: 1 }],
      ['MEAN', [2, 3], [4], 27, { keepDims: false }],
    ],
  );
  expect(() => readModel(file, 'net.tflite')).toThrow('is 1x?x?x3');
  const read = readModel(file, 'net.tflite', { inputs: [{ shape: [1, 6, 5, 3] }] });
  expect(countCost(read.graph).macs).toBe(30 * 12);
  expect(read).toMatchObject({ precision: 'int8', graph: { classes: 4 } });
});

test('a custom op of TFLite is priced by its weights and the shape that the file gives', () => {
  const file = tflite([[[1, 4, 4, 2]], [[3, 2], 0, bytes(24)], [[1, 2, 2, 3]]], [['Wonder', [0, 1], [2]]]);
  const read = readModel(file, 'net.tflite');
  expect(read.unknown).toEqual([{ type: 'Wonder', count: 1, macs: 6 * 4 }]);
  expect(read.graph.ops.at(-1)).toMatchObject({ shape: [2, 2, 3] });
});

test('files that are broken give one clear error', () => {
  const say =
    (file: Uint8Array, name = 'net.onnx') =>
    () =>
      readModel(file, name);
  expect(say(onnx([1, 3, 4, 4], [conv('z', 'k', 'y')], { k: { dims: [8, 3, 1, 1] } }))).toThrow(
    'reads `z`, which nothing before it makes',
  );
  expect(say(onnx([1, 4, 4, 4], [conv('x', 'k', 'y')], { k: { dims: [8, 3, 1, 1] } }))).toThrow(
    'it takes 3 channels and is given 4',
  );
  expect(say(onnx([1, 3, 2 ** 30, 2 ** 30], [conv('x', 'k', 'y')], { k: { dims: [8, 3, 1, 1] } }))).toThrow(
    'would have the shape',
  );
  expect(say(onnx([1, 3, 4, 4], [], {}))).toThrow('there are no nodes in it');
  expect(say(Uint8Array.of(1, 2, 3))).toThrow('net.onnx: ');
  expect(say(new TextEncoder().encode('<html>'), 'net.tflite')).toThrow('bytes 4 to 8 are not TFL3');
});
