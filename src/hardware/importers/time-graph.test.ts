/** Operators of a file of ours, as TensorFlow Lite's own kernels and as XNNPACK are listed, and the device kernels that they are. */
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../models/index.js';
import type { MappingRules } from '../profile/index.js';
import type { ProfiledOp } from './op-classes.js';
import { timeGraph } from './time-graph.js';

const rules: MappingRules = {
  fusedActivations: ['relu', 'relu6'],
  fusesAdd: false,
  slice: 'copy',
  concat: 'copy',
};

/** A mixed convolution of three equal groups, swish, then one of two groups that are not equal. */
function graph() {
  const b = new GraphBuilder();
  const x = b.input(28, 60);
  const even = [0, 20, 40].map((begin, i) => b.slice(`a.${i}`, x, begin, 20));
  const joined = b.concat(
    'a.concat',
    even.map((part, i) => b.depthwise(`a.depthwise.${i}`, part, 3 + 2 * i, 1)),
  );
  const swish = b.activation('swish', joined, 'swish');
  const uneven = [b.slice('b.0', swish, 0, 45), b.slice('b.1', swish, 45, 15)];
  b.concat(
    'b.concat',
    uneven.map((part, i) => b.depthwise(`b.depthwise.${i}`, part, 3, 1)),
  );
  return { name: 'g', resolution: 28, classes: 60, ops: b.ops };
}

const timesOf = (ops: readonly ProfiledOp[]) =>
  timeGraph({ ops }, graph(), rules, 'log').map(({ kernel, us }) => [kernel.op, kernel.output, us]);

const wanted = [
  ['slice', 20, 3],
  ['slice', 20, 3],
  ['slice', 20, 3],
  ['depthwise', 20, 10],
  ['depthwise', 20, 20],
  ['depthwise', 20, 30],
  ['concat', 60, 6],
  ['elementwise', 60, 40],
  ['elementwise', 60, 5],
  ['slice', 45, 4],
  ['slice', 15, 2],
  ['depthwise', 45, 12],
  ['depthwise', 15, 7],
  ['concat', 60, 8],
];

test("TensorFlow Lite's own kernels: a split of equal groups is one op, unequal ones are slices", () => {
  const ops: ProfiledOp[] = [
    { type: 'SPLIT', us: 9 },
    { type: 'DEPTHWISE_CONV_2D', us: 10 },
    { type: 'DEPTHWISE_CONV_2D', us: 20 },
    { type: 'DEPTHWISE_CONV_2D', us: 30 },
    { type: 'CONCATENATION', us: 6 },
    { type: 'LOGISTIC', us: 40 },
    { type: 'MUL', us: 5 },
    { type: 'SLICE', us: 4 },
    { type: 'SLICE', us: 2 },
    { type: 'DEPTHWISE_CONV_2D', us: 12 },
    { type: 'DEPTHWISE_CONV_2D', us: 7 },
    { type: 'CONCATENATION', us: 8 },
  ];
  expect(timesOf(ops)).toEqual(wanted);
});

test('XNNPACK: a split and a join are a copy for each part', () => {
  const dw = 'Convolution (NHWC, F32) DWConv';
  const ops: ProfiledOp[] = [
    { type: 'Copy (NC, X32)', us: 3 },
    { type: 'Copy (NC, X32)', us: 3 },
    { type: 'Copy (NC, X32)', us: 3 },
    { type: dw, us: 10 },
    { type: dw, us: 20 },
    { type: dw, us: 30 },
    { type: 'Copy (NC, X32)', us: 1 },
    { type: 'Copy (NC, X32)', us: 2 },
    { type: 'Copy (NC, X32)', us: 3 },
    { type: 'Sigmoid (NC, F32)', us: 40 },
    { type: 'Multiply (ND, F32)', us: 5 },
    { type: 'Slice (ND, X32)', us: 4 },
    { type: 'Slice (ND, X32)', us: 2 },
    { type: dw, us: 12 },
    { type: dw, us: 7 },
    { type: 'Copy (NC, X32)', us: 5 },
    { type: 'Copy (NC, X32)', us: 3 },
  ];
  expect(timesOf(ops)).toEqual(wanted);
});

test('what does not match in number ran untimed; convolutions that do not match are refused', () => {
  const ops: ProfiledOp[] = [
    { type: 'Copy (NC, X32)', us: 3 },
    ...[10, 20, 30, 12, 7].map((us) => ({ type: 'DEPTHWISE_CONV_2D', us })),
    { type: 'LOGISTIC', us: 40 },
  ];
  const times = timesOf(ops);
  expect(times.filter(([, , us]) => us !== undefined).map(([op]) => op)).toEqual(Array(5).fill('depthwise'));
  expect(() => timesOf(ops.slice(0, 4))).toThrow(/3 operators DEPTHWISE_CONV_2D, but the architecture has 5/);
});
