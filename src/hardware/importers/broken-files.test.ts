/**
 * A hundred broken variants of each importer's file, with known truth: cut, doubled, in other encodings, of another
 * locale, mixed with a second file. Each ends in right figures or in a named cause; none in a wrong figure.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom, MixnasError, type Random } from '../../base/index.js';
import { kernelKey } from '../kernel.js';
import { importWholes, kernelRows } from './detect.js';
import { fileLines } from './lines.js';
import { importOpLists } from './measured-csv.js';
import { benchmarkLog, type LoggedOp, oldBenchmarkLog } from './test-helpers/benchmark-log.js';
import { importOpProfile } from './tflite-profile.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a file says, as strings that do not depend on order; a part of it is right too where rows stand alone. */
type Figures = readonly string[];

interface Importer {
  /** A whole file, its times multiplied; a factor gives a second one of another device. */
  readonly file: (factor: number) => string;
  readonly read: (path: string, warn: (sentence: string) => void) => Figures;
  /** Rows stand alone: a file that lost its end between two of them is a shorter file. */
  readonly apart?: true;
  /** Separated by commas, so that another locale writes semicolons. */
  readonly csv?: true;
}

const times = [20.51, 31.24, 50.97, 8.36, 122.13, 17.85];
const names = ['réseau-a', 'netz-b', 'red-c', 'net-d', 'net-e', 'net-f'];
const kernels = [
  'conv,112,3,16,3,2',
  'depthwise,112,16,16,3,1',
  'conv,56,16,96,1,1',
  'depthwise,56,96,96,5,2',
  'dense,1,96,1000,1,1',
];
const gpuRows = [
  'CONV_2D,224,3,112,2,3,16,1',
  'DEPTHWISE_CONV_2D,112,16,112,1,3,1,1',
  'CONV_2D,112,16,112,1,1,96,1',
  'DEPTHWISE_CONV_2D,112,96,56,2,5,1,1',
  'FULLY_CONNECTED,1,96,1,1,1,1000,1',
];
const operators: readonly LoggedOp[] = [
  ['CONV_2D', 2.817],
  ['DEPTHWISE_CONV_2D', 1.204],
  ['CONV_2D', 0.613, 2],
  ['CONCATENATION', 0.087],
  ['MEAN', 0.019],
  ['FULLY_CONNECTED', 0.402],
];
const scaled = (factor: number): LoggedOp[] =>
  operators.map(([type, ms, calls = 1]) => [type, Number((ms * factor).toFixed(3)), calls]);

type Read = Importer['read'];
const wholes: Read = (path, warn) =>
  importWholes(path, 'phone', warn).map(({ model, ms }) => `${model} ${ms}`);
const timed: Read = (path, warn) =>
  [...kernelRows(path, 'phone', warn)].flatMap(({ model, kernel, us }) =>
    us === undefined ? [] : [`${model} ${kernelKey(kernel)} ${us}`],
  );
const profile: Read = (path) => {
  const { ops, inferenceUs } = importOpProfile(fileLines(path), path);
  return [
    ...ops.map(({ type, us }, i) => `${i} ${type} ${us.toFixed(3)}`),
    ...(inferenceUs === undefined ? [] : [String(inferenceUs)]),
  ];
};
const ms = (i: number, factor: number) => ((times[i % times.length] as number) * factor).toFixed(2);

const importers: Readonly<Record<string, Importer>> = {
  'networks, simple CSV': {
    file: (f) => `model,ms\n${names.map((name, i) => `${name},${ms(i, f)}\n`).join('')}`,
    read: wholes,
    apart: true,
    csv: true,
  },
  'networks, mobile-ml-benchmark': {
    file: (f) =>
      `model,flops,phone_mean_us,phone_std_us\n${names.map((name, i) => `${name},1,${ms(i, f)},0.25\n`).join('')}`,
    read: wholes,
    apart: true,
    csv: true,
  },
  'kernels, simple CSV': {
    file: (f) =>
      `model,op,size,input,output,kernel,stride,us\n${kernels.map((k, i) => `réseau,${k},${ms(i, f)}\n`).join('')}`,
    read: timed,
    apart: true,
    csv: true,
  },
  'kernels, mobile-ml-benchmark': {
    file: (f) =>
      `model,op,input_padded,in_channels,output,stride,kernel,filters,groups,flops,phone_us,phone_kernel\n${gpuRows.map((row, i) => `réseau,${row},1,${ms(i, f)},kernel_${i}\n`).join('')}`,
    read: timed,
    apart: true,
    csv: true,
  },
  'op lists': {
    file: (f) =>
      `model,op,size,input,output,kernel,stride\n${['é', 'b', 'c'].flatMap((net) => kernels.map((k) => `${net}${f},${k}\n`)).join('')}`,
    read: (path, warn) =>
      [...importOpLists(fileLines(path), path, warn)].map(
        ([model, list]) => `${model} ${list.map(kernelKey).join(' ')}`,
      ),
    apart: true,
    csv: true,
  },
  'op profile of today': {
    file: (f) => benchmarkLog(scaled(f), 6111.5 * f, { info: true }).replace('block_1', 'bloc_é'),
    read: profile,
  },
  'op profile of today, CSV': {
    file: (f) => benchmarkLog(scaled(f), 6111.5 * f, { csv: true }).replace('block_1', 'bloc_é'),
    read: profile,
  },
  'op profile of 2018': {
    file: (f) => oldBenchmarkLog(scaled(f), 6111.5 * f).replace('block_1', 'bloc_é'),
    read: profile,
  },
  'listing of ncnn': {
    file: (f) =>
      `loop_count = 8\nnum_threads = ${4 * f}\npowersave = 0\ngpu_device = -1\ncooling_down = 1\n${names.map((name, i) => `${name.padStart(20)}  min = ${ms(i, f * 0.98).padStart(7)}  max = ${ms(i, f * 1.03).padStart(7)}  avg = ${ms(i, f).padStart(7)}\n`).join('')}`,
    read: wholes,
    apart: true,
  },
  'listing of MNN': {
    file: (f) =>
      `MNN benchmark\nForward type: **CPU** thread=${4 * f}** precision=2\n--------> Benchmarking... loop = 10, warmup = 5\n${names.map((name, i) => `[ - ] ${name}.mnn    max = ${ms(i, f * 1.1).padStart(9)}ms  min = ${ms(i, f * 0.9).padStart(9)}ms  avg = ${ms(i, f).padStart(9)}ms\n`).join('')}`,
    read: wholes,
    apart: true,
  },
};

type Break = (text: string, random: Random, importer: Importer) => string | Buffer;

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const joined = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const at = (random: Random, length: number) => random.int(length);

/** Two files line by line, each in its own order. */
function mixed(text: string, random: Random, importer: Importer): string {
  const [a, b] = [linesOf(text), linesOf(importer.file(2))];
  const lines: string[] = [];
  while (a.length + b.length > 0) {
    const from = b.length === 0 || (a.length > 0 && random.next() < 0.5) ? a : b;
    lines.push(from.shift() as string);
  }
  return joined(lines);
}

const breaks: Readonly<Record<string, Break>> = {
  'cut at any byte': (text, random) => {
    const bytes = Buffer.from(text);
    return bytes.subarray(0, at(random, bytes.length));
  },
  'cut in its last line': (text, random) => text.slice(0, text.length - 1 - at(random, 12)),
  'the whole doubled': (text) => text + text,
  'every line doubled': (text) => joined(linesOf(text).flatMap((line) => [line, line])),
  'another encoding': (text, random) => {
    const utf16 = Buffer.from(text, 'utf16le');
    const forms = [
      Buffer.from(text, 'latin1'),
      utf16,
      Buffer.from(utf16).swap16(),
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      Buffer.from(`\uFEFF${text}`),
    ];
    return forms[at(random, forms.length)] as Buffer;
  },
  'half of a character': (text, random) => {
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    return utf16.subarray(0, at(random, utf16.length) | 1);
  },
  'another locale': (text, random, { csv }) => {
    const commas = text.replaceAll(/(\d)\.(\d)/g, '$1,$2');
    if (!csv) return commas;
    const mark = [';', '\t', ','][at(random, 3)] as string;
    return text.replaceAll(',', mark).replaceAll(/(\d)\.(\d)/g, '$1,$2');
  },
  'mixed with a second file': mixed,
  'line ends of Windows, then cut': (text, random) =>
    text.replaceAll('\n', '\r\n').slice(0, at(random, text.length)),
};

/** What the variant gives: figures, or what is said to be wrong with it. */
function outcome({ read }: Importer, content: string | Buffer): Figures | string {
  const path = join(folder, 'file.txt');
  writeFileSync(path, content);
  const warnings: string[] = [];
  try {
    const figures = read(path, (sentence) => warnings.push(sentence));
    return warnings.length > 0 ? warnings.join('\n') : figures;
  } catch (error) {
    if (!(error instanceof MixnasError) || error.code !== 'bad-data') throw error;
    return error.message;
  }
}

describe.each(Object.entries(importers))('%s', (name, importer) => {
  const whole = importer.file(1);
  const truth = outcome(importer, whole) as Figures;
  const known = new Set(truth);

  test('the whole file is read', () => {
    expect(typeof truth).not.toBe('string');
    expect(truth.length).toBeGreaterThan(2);
  });

  test('a hundred broken variants give right figures or a cause', () => {
    const kinds = Object.entries(breaks);
    let [right, refused] = [0, 0];
    const wrong: string[] = [];
    for (let i = 0; i < 100; i++) {
      const [kind, change] = kinds[i % kinds.length] as (typeof kinds)[number];
      const random = createRandom(`${name}/${i}`);
      const found = outcome(importer, change(whole, random, importer));
      const label = `${kind}, variant ${i}`;
      if (typeof found === 'string') {
        if (!found.includes('file.txt')) wrong.push(`${label}: ${found}`);
        refused++;
        continue;
      }
      const odd = found.filter((figure) => !known.has(figure));
      // The time of the whole stands below the table of 2018.
      const few = importer.apart ? 0 : operators.length;
      if (odd.length > 0 || found.slice(0, few).join() !== truth.slice(0, few).join()) {
        wrong.push(`${label}: ${found.join()}`);
      }
      right++;
    }
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThanOrEqual(10);
    expect(refused).toBeGreaterThanOrEqual(20);
  });
});
