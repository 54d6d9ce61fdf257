/** Whole logs of benchmark_model, as they are kept: the same operators come out of every layout. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { fileLines } from './lines.js';
import { benchmarkLog, type LoggedOp, oldBenchmarkLog } from './test-helpers/benchmark-log.js';
import { importOpProfile } from './tflite-profile.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tflite: readonly LoggedOp[] = [
  ['CONV_2D', 2.817],
  ['DEPTHWISE_CONV_2D', 1.204],
  ['CONV_2D', 0.613, 2],
  ['CONCATENATION', 0.087],
  ['ADD', 0.041],
  ['MEAN', 0.019],
  ['FULLY_CONNECTED', 0.402],
  ['SOFTMAX', 0.004],
];
const xnnpack: readonly LoggedOp[] = [
  ['Convolution (NHWC, F32) IGEMM', 2.817],
  ['Convolution (NHWC, F32) DWConv', 1.204],
  ['Convolution (NHWC, F32) GEMM', 0.613, 2],
  ['Copy (NC, X32)', 0.087],
  ['Add (ND, F32)', 0.041],
  ['Global Average Pooling (NWC, F32)', 0.019],
  ['Fully Connected (NC, F32) GEMM', 0.402],
  ['Softmax (NC, F32)', 0.004],
];
const times = [2817, 1204, 1226, 87, 41, 19, 402, 4];

function read(text: string | Buffer) {
  const path = join(folder, 'log.txt');
  writeFileSync(path, text);
  return importOpProfile(fileLines(path), 'log.txt');
}

function refused(text: string | Buffer): { readonly message: string; readonly remedy: string } {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof MixnasError) || error.code !== 'bad-data') throw error;
    return { message: error.message, remedy: error.remedy ?? '' };
  }
  throw new Error('it was read');
}

const eachLine = (text: string, change: (line: string, i: number) => string) =>
  text.split('\n').map(change).join('\n');
const threadtime = (line: string) => `05-31 10:31:13.006 21767 21769 I tflite  : ${line}`;

const layouts: Readonly<Record<string, (ops: readonly LoggedOp[]) => string>> = {
  'of today': (ops) => benchmarkLog(ops, 6111.5),
  'of today, with INFO': (ops) => benchmarkLog(ops, 6111.5, { info: true }),
  'of today, CSV': (ops) => benchmarkLog(ops, 6111.5, { csv: true }),
  'with a column of starts': (ops) => benchmarkLog(ops, 6111.5, { start: true }),
  'with a column of starts, CSV': (ops) => benchmarkLog(ops, 6111.5, { start: true, csv: true }),
  'of 2018': (ops) => oldBenchmarkLog(ops, 6111.5),
};

/** How a log reaches us. */
const ways: Readonly<Record<string, (text: string) => string | Buffer>> = {
  'as it was written': (text) => text,
  'with Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
  'with a byte order mark': (text) => `\uFEFF${text}`,
  'in UTF-16, as PowerShell writes it': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'in UTF-16, big end first': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  'in UTF-16 without a byte order mark': (text) => Buffer.from(text, 'utf16le'),
  'with spaces for tabs': (text) => text.replaceAll('\t', ' '),
  'with many spaces for tabs': (text) => text.replaceAll('\t', '        '),
  'quoted in a mail': (text) => eachLine(text, (line) => `> ${line}`),
  'quoted twice': (text) => eachLine(text, (line) => `>> ${line}`),
  'indented in an issue': (text) =>
    `It is slow:\n\n\`\`\`\n${eachLine(text, (line) => `  ${line}`)}\n\`\`\`\nWhy?\n`,
  'by adb logcat': (text) => eachLine(text, threadtime),
  'by adb logcat, among lines of others': (text) =>
    eachLine(text, (line) => `05-31 10:31:13.001  1204  1300 W Thermal : CONV_2D 3 4 5\n${threadtime(line)}`),
  'by adb logcat -v time': (text) =>
    eachLine(text, (line) => `05-31 10:31:13.006 I/tflite  (21767): ${line}`),
  'by adb logcat -v brief': (text) => eachLine(text, (line) => `I/tflite  (21767): ${line}`),
  'by the logger of Apple': (text) =>
    eachLine(text, (line) => `2020-10-28 14:41:14.151361+0800 TFLiteBenchmark[3921:935759] ${line}`),
  'by the logger of TensorFlow': (text) =>
    eachLine(text, (line) => `2018-09-10 13:35:21.431683: I tensorflow/core/util/stats.cc:85] ${line}`),
  'without the empty lines': (text) => text.replaceAll(/\n\n+/g, '\n'),
  'twice in one file': (text) => `${text}\n${text}`,
};

describe.each(Object.entries(layouts))('a whole log %s', (_layout, layout) => {
  test.each(Object.entries(ways))(
    '%s gives each operator its time, and the network its own',
    (_way, change) => {
      for (const ops of [tflite, xnnpack]) {
        const profile = read(change(layout(ops)));
        expect(profile.ops.map(({ type }) => type)).toEqual(ops.map(([type]) => type));
        profile.ops.forEach(({ us }, i) => expect(us).toBeCloseTo(times[i] as number, 6));
        expect(profile.inferenceUs).toBe(6111.5);
      }
    },
  );
});

test('a CSV whose text went elsewhere has no time of the whole', () => {
  const text = layouts['of today, CSV']?.(tflite) as string;
  const { inferenceUs, ops } = read(text.slice(text.indexOf('Profiling Info for Benchmark Init')));
  expect(inferenceUs).toBeUndefined();
  expect(ops).toHaveLength(times.length);
});

test.each([
  ['XNNPACK', 'TfLiteXNNPackDelegate', /TensorFlow 2\.10 or newer.*--use_xnnpack=false/],
  ['the GPU delegate', 'TfLiteGpuDelegateV2', /GPU delegate.*--networks.*--use_gpu=false/],
  ['the Metal delegate', 'TfLiteMetalDelegate', /GPU delegate.*--use_gpu=false/],
  ['NNAPI', 'TfLiteNnapiDelegate', /--networks, or run benchmark_model without it/],
  ['a delegate of 2019', 'DELEGATE', /--networks, or run benchmark_model without it/],
])('of a log of %s it is said what to do', (_name, type, remedy) => {
  const whole = refused(benchmarkLog([[type, 12.3]], 12_400));
  expect(whole.message).toMatch(`only ${type}, which ran the network as one`);
  expect(whole.remedy).toMatch(remedy);
  const partly = refused(benchmarkLog([...tflite, [type, 12.3]], 22_400));
  expect(partly.message).toMatch(`${type} ran a part of the network as one`);
  expect(partly.remedy).toMatch(remedy);
});

test('what a delegate lists of its inside is read where it ran the whole network', () => {
  const text = benchmarkLog([['TfLiteXNNPackDelegate', 6.1]], 6111.5);
  const inside = benchmarkLog(xnnpack, 6111.5);
  const operators = inside.slice(inside.indexOf('Operator-wise')).split('\n').slice(1);
  const { ops } = read(`${text}Delegate internal: \n${operators.join('\n')}`);
  expect(ops.map(({ us }) => Math.round(us))).toEqual(times);
});

const good = benchmarkLog(tflite, 6111.5);
/** The row of an operator in the first table of operators. */
const rowOf = (i: number) => good.split('\n').find((line) => line.includes(`second]:${i}`)) as string;

test.each([
  [
    'two runs of different times',
    `${good}${benchmarkLog([...tflite.slice(1), ['CONV_2D', 3]], 6111.5)}`,
    /lines \d+ and \d+ each begin/,
  ],
  [
    'a row that was lost',
    good.replace(`${rowOf(3)}\n`, ''),
    /not whole: before .*\]:4 the percentages do not add up/,
  ],
  ['the end of the table lost', good.replace(`${rowOf(6)}\n${rowOf(7)}\n`, ''), /ends at .* % of the time/],
  [
    'a row that comes twice',
    good.replace(rowOf(3), `${rowOf(3)}\n${rowOf(3)}`),
    /listed again in the same table/,
  ],
  ['a row without its end', good.replace(rowOf(3), rowOf(3).slice(0, 60)), /not a whole row/],
  ['decimal commas', good.replaceAll(/(\d)\.(\d{3})(?=[\t%])/g, '$1,$2'), /decimal commas/],
  [
    'a cut in its header',
    good.slice(0, good.lastIndexOf('[avg ms]', good.indexOf(rowOf(0)))),
    /header of the table is cut off/,
  ],
  ['a file cut in the table', good.slice(0, good.indexOf(rowOf(5)) + 45), /not a whole row/],
  ['no table', 'STARTING!\nInference (avg): 7\n', /no table of operators/],
])('a log with %s is refused with its cause', (_what, text, message) => {
  expect(refused(text).message).toMatch(message);
});
