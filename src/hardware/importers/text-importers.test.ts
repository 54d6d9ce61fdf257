import { expect, test } from 'vitest';
import { lower, referenceArchitecture } from '../../models/index.js';
import { loadProfile } from '../profile/load.js';
import { mapKernels } from '../mapping.js';
import { importListing, isListingLine } from './listings.js';
import { importKernels, importNetworks } from './measured-csv.js';
import { timeKernels } from './op-classes.js';
import { importOpProfile } from './tflite-profile.js';

test('the listings of ncnn and MNN are model and average', () => {
  const ncnn = ['loop_count = 8', '     mobilenet_v2  min =    3.31  max =    3.45  avg =    3.37'];
  const mnn = ['[ - ] MobileNetV2_224.mnn    max =   20.1 ms  min =   19.2 ms  avg =   19.6 ms'];
  expect([...importListing(ncnn, 'ncnn.txt')]).toEqual([{ model: 'mobilenet_v2', ms: 3.37 }]);
  expect([...importListing(mnn, 'mnn.txt')]).toEqual([{ model: 'MobileNetV2_224', ms: 19.6 }]);
  expect(isListingLine('model,ms')).toBe(false);
});

test.each([
  ['no line with a time', ['hello'], /no line has min, max and avg/],
  ['a negative time', ['x min = 1 max = 2 avg = -3'], /line 1: avg is -3, not above 0/],
  ['a time that is no number', ['x min = 1 max = 2 avg = nan'], /avg is nan, not above 0/],
])('a listing with %s is refused', (_what, lines, message) => {
  expect(() => [...importListing(lines, 'x.txt')]).toThrow(message);
});

const header = 'op,size,input,output,kernel,stride,us';
test('a simple CSV of kernels is read, columns that are missing being 1 and 0', () => {
  const [launch] = [...importKernels([header, 'depthwise,28,96,96,5,1,33.5'], 'k.csv')];
  expect(launch).toMatchObject({
    model: '',
    us: 33.5,
    kernel: { kernel: 5, dilation: 1, groups: 1, fused: 0 },
  });
  expect([...importNetworks(['model,ms', 'mixnet-s,12'], 'n.csv')]).toEqual([{ model: 'mixnet-s', ms: 12 }]);
});

test.each([
  ['a wrong header', ['op,us', 'conv,1'], /no column size/],
  ['a negative time', [header, 'conv,7,8,8,1,1,-2'], /us is -2, not above 0/],
  ['a size that is no whole number', [header, 'conv,7.5,8,8,1,1,2'], /size is 7.5, not a whole number/],
  ['no channels', [header, 'conv,7,0,8,1,1,2'], /input is 0, not a whole number/],
  ['an unknown op', [header, 'fft,7,8,8,1,1,2'], /unknown op fft/],
  ['a cut-off line', [header, 'conv,7,8'], /line 2 has 3 of 7 fields/],
])('a CSV of kernels with %s is refused', (_what, lines, message) => {
  expect(() => [...importKernels(lines, 'k.csv')]).toThrow(message);
});

/** A table as benchmark_model prints it, for these operators. */
function opProfile(rows: readonly (readonly [type: string, ms: number])[]): string[] {
  const title = '\t[node type]\t[first]\t[avg ms]\t[%]\t[cdf%]\t[mem KB]\t[times called]\t[Name]';
  const table = rows.map(([type, ms], i) => `\t${type}\t${ms}\t${ms}\t1%\t1%\t0\t1\t[op${i}]:${i}`);
  return [
    '=== Run Order ===',
    title,
    ...table,
    '',
    '=== Top by Computation Time ===',
    title,
    ...table.toReversed(),
  ];
}

const mixnet = mapKernels(lower(referenceArchitecture('mixnet-s')), loadProfile('mali-g76').mapping);
const types: Readonly<Record<string, string>> = {
  conv: 'CONV_2D',
  grouped: 'CONV_2D',
  dense: 'CONV_2D',
  depthwise: 'DEPTHWISE_CONV_2D',
  mean: 'MEAN',
  concat: 'CONCATENATION',
  elementwise: 'MUL',
  slice: 'SPLIT',
};

test('an op profile gives each kernel of the architecture its time, in run order', () => {
  const rows = mixnet.map(({ op }, i) => [types[op] as string, (i + 1) / 1000] as const);
  const timed = timeKernels(importOpProfile(opProfile(rows), 'p.txt'), mixnet, 'p.txt');
  const own = new Set<unknown>(mixnet.filter((k) => k.op !== 'elementwise' && k.op !== 'slice'));
  expect(timed.map(({ kernel }) => kernel)).toEqual(mixnet);
  for (const { kernel, us } of timed) {
    const place = mixnet.findIndex((mine) => mine === kernel);
    if (own.has(kernel)) expect(us).toBeCloseTo(place + 1, 9);
    else expect(us).toBeUndefined();
  }
});

test('an op profile of another architecture, a cut-off one and none at all are refused', () => {
  const short = importOpProfile(opProfile([['CONV_2D', 1]]), 'p.txt');
  expect(() => timeKernels(short, mixnet, 'p.txt')).toThrow(/1 operators CONV_2D, FULLY_CONNECTED, but/);
  expect(() => importOpProfile([...opProfile([]).slice(0, 2), '\tCONV_2D\t1'], 'p.txt')).toThrow(
    /is the file cut off/,
  );
  expect(() => importOpProfile(['nothing'], 'p.txt')).toThrow(/no table of operators/);
});

test('a table of the initialisation is passed over, and the time of the whole is read', () => {
  const initialisation = opProfile([
    ['ModifyGraphWithDelegate', 5],
    ['AllocateTensors', 1],
  ]);
  const text = [
    'Inference timings in us: Init: 100, First inference: 9, Warmup (avg): 8, Inference (avg): 14575.2',
    ...initialisation,
    'Number of nodes executed: 2',
    ...opProfile([
      ['CONV_2D', 0.25],
      ['MUL', 0.5],
    ]),
  ];
  expect(importOpProfile(text, 'p.txt')).toEqual({
    inferenceUs: 14575.2,
    ops: [
      { type: 'CONV_2D', us: 250 },
      { type: 'MUL', us: 500 },
    ],
  });
});

test('operators of XNNPACK are those of the architecture, in text and CSV', () => {
  const names: Readonly<Record<string, string>> = {
    CONV_2D: 'Convolution (NHWC, F32) IGEMM',
    DEPTHWISE_CONV_2D: 'Convolution (NHWC, F32) DWConv',
    MEAN: 'Mean (ND, F32)',
    CONCATENATION: 'Concatenate (ND, X32)',
  };
  const rows = mixnet.map(({ op }, i) => [types[op] as string, (i + 1) / 1000] as const);
  const expected = timeKernels(importOpProfile(opProfile(rows), 'p.txt'), mixnet, 'p.txt');
  const text = opProfile(rows.map(([type, ms]) => [names[type] ?? type, ms]));
  expect(timeKernels(importOpProfile(text, 'x.txt'), mixnet, 'x.txt')).toEqual(expected);
  const csv = text.map((line) =>
    line
      .trim()
      .replaceAll('\t', ', ')
      .replaceAll(/\[(.*?)\]/g, '$1'),
  );
  expect(timeKernels(importOpProfile(csv, 'x.csv'), mixnet, 'x.csv')).toEqual(expected);
});

test('where a runtime has joined concatenations in its own way, they are without a time', () => {
  const rows = mixnet.map(({ op }, i) => [types[op] as string, (i + 1) / 1000] as const);
  const text = opProfile(rows.filter(([type]) => type !== 'CONCATENATION'));
  const timed = timeKernels(importOpProfile(text, 'p.txt'), mixnet, 'p.txt');
  const timesOf = (op: string) => timed.filter(({ kernel }) => kernel.op === op).map(({ us }) => us);
  expect(timesOf('concat').length).toBeGreaterThan(0);
  expect(timesOf('concat').every((us) => us === undefined)).toBe(true);
  expect(timesOf('depthwise').every((us) => us !== undefined && us > 0)).toBe(true);
});

test('a network that a delegate ran as one has no operators to time', () => {
  const text = opProfile([['TfLiteGpuDelegateV2', 12]]);
  expect(() => importOpProfile(text, 'p.txt')).toThrow(/no convolution, only TfLiteGpuDelegateV2/);
});
