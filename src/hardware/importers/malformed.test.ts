/** Every importer against the same broken files: one sentence that names the file, never a crash or a figure. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { loadProfile } from '../profile/load.js';
import { validateProfile } from '../validate.js';
import { importWholes, kernelRows } from './detect.js';
import { Keeping } from './limits.js';
import { fileLines } from './lines.js';
import { importOpLists } from './measured-csv.js';
import { importOpProfile } from './tflite-profile.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-malformed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opsHeader =
  'model,op,input_padded,in_channels,output,stride,kernel,filters,groups,flops,phone_us,phone_kernel';
const opsRow = 'net,CONV_2D,224,3,112,2,3,32,1,21676032,TIME,convolution_2d_0';
const table = '\t[node type]\t[first]\t[avg ms]\t[%]\t[cdf%]\t[mem KB]\t[times called]\t[Name]';
const e2e = 'model,phone_mean_us,phone_std_us\nnet,900,3\n';
const profile = loadProfile('mali-g76');

interface Importer {
  /** A good file; TIME stands for a time, and cutting the last characters off cuts a row. */
  readonly good: string;
  readonly read: (path: string) => unknown;
  /** Chatter is skipped, so that a file without any row is what is wrong. */
  readonly freeText?: true;
  /** Times are not read. */
  readonly noTimes?: true;
}

const importers: Readonly<Record<string, Importer>> = {
  'kernels, simple CSV': {
    good: 'op,size,input,output,kernel,stride,us\nconv,7,8,8,1,1,TIME',
    read: (path) => [...kernelRows(path, 'phone')],
  },
  'kernels, mobile-ml-benchmark': {
    good: `${opsHeader}\n${opsRow}`,
    read: (path) => [...kernelRows(path, 'phone')],
  },
  'networks, simple CSV': {
    good: 'model,ms\nnet,TIME',
    read: (path) => importWholes(path, 'phone'),
  },
  'networks, mobile-ml-benchmark': {
    good: 'model,flops,phone_mean_us,phone_std_us\nnet,1,TIME,3',
    read: (path) => importWholes(path, 'phone'),
  },
  'op lists': {
    good: 'model,op,size,input,output,kernel,stride\nnet,conv,7,8,8,1,1',
    read: (path) => importOpLists(fileLines(path), path),
    noTimes: true,
  },
  'op profile, text': {
    good: `${table}\n\tCONV_2D\t0.1\tTIME\t9%\t9%\t0\t1\t[a]:0`,
    read: (path) => importOpProfile(fileLines(path), path),
    freeText: true,
  },
  'op profile, CSV': {
    good: 'node type,first,avg_ms,%,cdf%,mem KB,times called,name\nCONV_2D,0.1,TIME,9%,9%,0,1,[a]:0',
    read: (path) => importOpProfile(fileLines(path), path),
    freeText: true,
  },
  'listing of ncnn': {
    good: 'loop_count = 8\n  net  min =  1.00  max =  2.00  avg =  TIME',
    read: (path) => importWholes(path, 'phone'),
    freeText: true,
  },
  'listing of MNN': {
    good: 'MNN benchmark\n[ - ] net.mnn    max =   2.0 ms  min =   1.0 ms  avg =   TIME ms',
    read: (path) => importWholes(path, 'phone'),
    freeText: true,
  },
  'validation, ops': {
    good: `${opsHeader}\n${opsRow}`,
    read: (path) =>
      validateProfile(profile, {
        ops: fileLines(path),
        opsName: path,
        endToEnd: e2e.split('\n'),
        endToEndName: 'e2e.csv',
        prefix: 'phone',
      }),
    noTimes: true,
  },
  'validation, end to end': {
    good: 'model,phone_mean_us,phone_std_us\nnet,TIME,3',
    read: (path) =>
      validateProfile(profile, {
        ops: `${opsHeader}\n${opsRow}`.split('\n'),
        opsName: 'ops.csv',
        endToEnd: fileLines(path),
        endToEndName: path,
        prefix: 'phone',
      }),
  },
};

function written(text: string): string {
  const path = join(folder, 'file.txt');
  writeFileSync(path, text);
  return path;
}

/** The message of the refusal; fails when there is none, or one that nobody meant. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(MixnasError);
    expect((error as MixnasError).code).toBe('bad-data');
    return (error as MixnasError).message;
  }
  throw new Error('it was read');
}

const withTime = (good: string, time: string) => good.replace('TIME', time);

describe.each(Object.entries(importers))('%s', (_name, { good, read, freeText, noTimes }) => {
  test('a good file is read, with Windows line ends and a last empty line too', () => {
    const text = withTime(good, '1.5');
    expect(() => read(written(text))).not.toThrow();
    expect(read(written(`${text.replaceAll('\n', '\r\n')}\r\n\r\n`))).toEqual(read(written(text)));
  });

  test('an empty file is refused', () => {
    expect(refusal(() => read(written('')))).toMatch(/file\.txt/);
  });

  test('a file that is not there is refused', () => {
    expect(refusal(() => read(join(folder, 'none.txt')))).toMatch(/none\.txt: no such file/);
  });

  test('a folder is refused', () => {
    expect(refusal(() => read(folder))).toMatch(/is a folder, not a regular file/);
  });

  test('a wrong header is refused', () => {
    const [, ...rows] = good.split('\n');
    const text = withTime(['alpha,beta', ...(freeText ? [] : rows)].join('\n'), '1.5');
    expect(refusal(() => read(written(text)))).toMatch(/file\.txt/);
  });

  test('a file that is cut off in its last row is refused', () => {
    const row = good.slice(good.lastIndexOf('\n'));
    const kept = good.length - row.length + Math.ceil(row.length / 2);
    expect(refusal(() => read(written(withTime(good.slice(0, kept), ''))))).toMatch(/file\.txt/);
  });

  test('bytes that are no text are refused', () => {
    const path = join(folder, 'file.txt');
    writeFileSync(path, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0xff, 0xfe, 10, 200, 44, 7]));
    expect(refusal(() => read(path))).toMatch(/file\.txt/);
  });

  test.skipIf(noTimes).each(['-3', 'NaN', 'inf', '1e999', 'abc', ''])('a time of "%s" is refused', (time) => {
    expect(refusal(() => read(written(withTime(good, time))))).toMatch(/file\.txt/);
  });
});

test('what is kept of a file is bounded, and a file with more is refused', () => {
  const keeping = new Keeping('lists.csv', { networks: 2, launches: 3 });
  for (let i = 0; i < 3; i++) keeping.launch();
  expect(refusal(() => keeping.launch())).toMatch(/lists\.csv: more than 3 kernels/);
  for (let i = 0; i < 2; i++) keeping.network();
  expect(refusal(() => keeping.network())).toMatch(/lists\.csv: more than 2 networks/);
});
