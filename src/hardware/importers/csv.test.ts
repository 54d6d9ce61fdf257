/** CSV as spreadsheets and other countries write it: the same figures, or the cause. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { importWholes, kernelRows } from './detect.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string | Buffer): string {
  const path = join(folder, 'times.csv');
  writeFileSync(path, text);
  return path;
}
const read = (text: string | Buffer, warnings: string[] = []) =>
  importWholes(written(text), 'phone', (sentence) => warnings.push(sentence));

function refused(text: string | Buffer): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof MixnasError && error.code === 'bad-data')
      return `${error.message} ${error.remedy ?? ''}`;
    throw error;
  }
  throw new Error('it was read');
}

const good = 'model,ms\nmixnet-s,20.5\nmixnet-l,50.25\n';
const times = [
  { model: 'mixnet-l', ms: 50.25 },
  { model: 'mixnet-s', ms: 20.5 },
];
const semicolons = good.replaceAll(',', ';');

test.each<[string, string | Buffer]>([
  ['commas', good],
  ['semicolons', semicolons],
  ['tabs', good.replaceAll(',', '\t')],
  ['semicolons and decimal commas', semicolons.replaceAll('.', ',')],
  ['tabs and decimal commas', good.replaceAll(',', '\t').replaceAll('.', ',')],
  ['sep=', `sep=;\n${semicolons}`],
  ['sep= in quotes, with a byte order mark', `\uFEFF"sep=;"\r\n${semicolons.replaceAll('\n', '\r\n')}`],
  ['UTF-16', Buffer.from(`\uFEFF${good.replaceAll(',', '\t')}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\uFEFF${good}`, 'utf16le').swap16()],
  ['UTF-16 without a byte order mark', Buffer.from(good, 'utf16le')],
  ['line ends of the first Macs', good.replaceAll('\n', '\r')],
  ['every field in quotes', good.replaceAll(/[^,\n]+/g, '"$&"')],
  ['a note of two lines', 'model,note,ms\nmixnet-s,"cold, then\n""warm""\n",20.5\nmixnet-l,,50.25\n'],
  ['empty lines and no last line break', '\n\nmodel,ms\n\nmixnet-s,20.5\n\nmixnet-l,50.25'],
])('%s are read', (_what, text) => {
  expect(read(text)).toEqual(times);
});

test.each<[string, string | Buffer, RegExp]>([
  [
    'decimal commas among commas',
    good.replaceAll('.', ','),
    /line 2 has 3 of 2 fields; are there decimal commas/,
  ],
  [
    'decimal commas in quotes among commas',
    'model,ms\na,"20,5"\n',
    /line 2: ms is "20,5": write it with a decimal point/,
  ],
  ['what may be thousands', 'model;ms\na;1,234\n', /ms is "1,234", which may be a fraction or thousands/],
  [
    'decimal commas and points',
    'model;ms\na;12,5\nb;1.234\n',
    /line 3: ms is "1.234", but other numbers .* comma/,
  ],
  [
    'decimal points and commas',
    'model;ms\na;12.5\nb;13,5\n',
    /line 3: ms is "13,5", but other numbers .* point/,
  ],
  ['a hexadecimal number', 'model,ms\na,0x14\n', /ms is "0x14", not a number/],
  ['an open quotation mark', 'model,ms\na,20.5\n"b,30\nc,3\n', /line 3: a quotation mark is not closed/],
  ['an unknown separator', 'model|ms\na|20.5\n', /no column model.*separated by commas, semicolons or tabs/],
  ['Latin-1', Buffer.from('model,ms\nréseau,20.5\n', 'latin1'), /line 2 has a character that is not UTF-8/],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 109, 0, 0, 0]), /is in UTF-32/],
  ['the header again', `${good}${good}`, /line 4: ms is "ms", not a number/],
  [
    'a last number that was cut',
    'model,ms\na,20.51\nb,30.12\nc,4',
    /line 4, the last, has fewer digits .* cut off/,
  ],
])('%s is refused with its cause', (_what, text, message) => {
  expect(refused(text)).toMatch(message);
});

test('kernels may stand in a spreadsheet too', () => {
  const text = 'op;size;input;output;kernel;stride;us\nconv;7;8;8;1;1;12,5\n';
  expect([...kernelRows(written(text), 'phone')]).toMatchObject([
    { us: 12.5, kernel: { size: 7, output: 8 } },
  ]);
});

test('a time far from all others, and rows of one network far apart, are questioned', () => {
  const warnings: string[] = [];
  read('model,ms\na,20\nb,30\nc,25\nd,9000\n', warnings);
  expect(warnings).toEqual([
    expect.stringMatching(/times\.csv: d takes 9000 ms, 327 times as long as the middle one/),
  ]);
  warnings.length = 0;
  read('model,ms\na,20\na,90\n', warnings);
  expect(warnings).toEqual([
    expect.stringMatching(/a takes 20\.0 to 90\.0 ms: are all its rows of one device/),
  ]);
  warnings.length = 0;
  read(good, warnings);
  expect(warnings).toEqual([]);
});
