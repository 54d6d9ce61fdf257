import { describe, expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { importListing, isListingLine } from './listings.js';

const ncnn = (threads: number, device: number, times: Readonly<Record<string, number>>) => [
  'loop_count = 8',
  `num_threads = ${threads}`,
  'powersave = 2',
  `gpu_device = ${device}`,
  'cooling_down = 1',
  ...Object.entries(times).map(
    ([name, ms]) =>
      `${name.padStart(20)}  min = ${(ms * 0.98).toFixed(2).padStart(7)}  max = ${(ms * 1.03).toFixed(2).padStart(7)}  avg = ${ms.toFixed(2).padStart(7)}`,
  ),
];

const mnn = (backend: string, times: Readonly<Record<string, number>>) => [
  'MNN benchmark',
  `Forward type: **${backend}** thread=4** precision=2`,
  '--------> Benchmarking... loop = 100, warmup = 10',
  ...Object.entries(times).flatMap(([name, ms]) => [
    'parsed /proc/cpuinfo Hardware = "Hisilicon Kirin990"',
    `[ - ] ${name}.mnn    max = ${(ms * 1.1).toFixed(3).padStart(8)}ms  min = ${(ms * 0.9).toFixed(3).padStart(8)}ms  avg = ${ms.toFixed(3).padStart(8)}ms`,
  ]),
];

const cpu = { mobilenet_v2: 33.83, mnasnet: 31.93, resnet18: 83.44 };
const gpu = { mobilenet_v2: 21.4, mnasnet: 19.75, resnet18: 40.12 };
const read = (lines: readonly string[], device?: string) =>
  Object.fromEntries([...importListing(lines, 'list.txt', device)].map(({ model, ms }) => [model, ms]));

function refused(lines: readonly string[], device?: string): string {
  try {
    read(lines, device);
  } catch (error) {
    if (error instanceof MixnasError && error.code === 'bad-data')
      return `${error.message} ${error.remedy ?? ''}`;
    throw error;
  }
  throw new Error('it was read');
}

test.each([
  ['ncnn', ncnn(4, -1, cpu)],
  ['MNN', mnn('CPU', cpu)],
])('a listing of %s is model and average', (_tool, lines) => {
  expect(read(lines)).toEqual(cpu);
  expect(read(lines.map((line) => `> ${line}`))).toEqual(cpu);
  expect(read(lines.map((line) => `05-31 10:31:13.006 21767 21769 I bench   : ${line}`))).toEqual(cpu);
  expect(lines.some(isListingLine)).toBe(true);
});

describe.each([
  ['ncnn, CPU and GPU', [...ncnn(4, -1, cpu), '', ...ncnn(4, 0, gpu)], 'gpu_device=-1', 'gpu_device=0'],
  ['ncnn, by threads', [...ncnn(1, -1, cpu), ...ncnn(4, -1, gpu)], 'num_threads=1', 'num_threads=4'],
  ['MNN', [...mnn('CPU', cpu), ...mnn('OpenCL', gpu)], 'cpu', 'OpenCL'],
])('runs of two back ends in one file: %s', (_what, lines, first, second) => {
  test('one is chosen by its settings, and none without', () => {
    expect(read(lines, first)).toEqual(cpu);
    expect(read(lines, second)).toEqual(gpu);
    expect(refused(lines)).toMatch(
      /list\.txt: it lists runs of 2 settings or devices\. Choose one with --prefix/,
    );
    expect(refused(lines, 'my-phone')).toMatch(/line [12]: .*; line \d+: /);
  });
});

test('two boards with the same settings are two devices, told apart by the line above', () => {
  const lines = [
    '## Jetson Nano',
    ...ncnn(4, -1, cpu),
    '',
    '## Banana Pi',
    ...ncnn(4, -1, { ...cpu, resnet18: 698.28, mnasnet: 243.8 }),
  ];
  expect(refused(lines)).toMatch(/2 settings or devices.*## Jetson Nano.*## Banana Pi/);
  expect(read(lines, 'jetson nano')).toEqual(cpu);
});

test('the same run again, a little slower, is read with both', () => {
  const slower = Object.fromEntries(
    Object.entries(cpu).map(([name, ms]) => [name, Number((ms * 1.04).toFixed(2))]),
  );
  const rows = [...importListing([...ncnn(4, -1, cpu), ...ncnn(4, -1, slower)], 'list.txt')];
  expect(rows).toHaveLength(6);
});

test.each([
  ['ms', '19.6 ms', 19.6],
  ['ms without a space', '19.600ms', 19.6],
  ['no unit', '19.6', 19.6],
  ['seconds', '1.33 s', 1330],
  ['microseconds', '930 us', 0.93],
  ['microseconds by their sign', '930 µs', 0.93],
])('%s are converted', (_unit, text, ms) => {
  expect(read([`net min = ${text} max = ${text} avg = ${text}`])['net']).toBeCloseTo(ms, 9);
});

test.each([
  ['a rate', 'net  min = 4.43/s  max = 125.68/s  avg = 89.35/s', /min is 4\.43\/s, a rate; times are needed/],
  ['frames a second', 'net avg = 30 fps', /a rate/],
  ['an unknown unit', 'net avg = 30 ticks', /in "ticks", not in ms, us or s/],
  ['a hexadecimal number', 'net min = 1 max = 40 avg = 0x14', /avg is 0x14, not above 0/],
  ['a decimal comma', 'net min = 19,2 max = 20,1 avg = 19,6', /write it with a decimal point/],
  ['an average beyond its extremes', 'net min = 19.2 max = 20.1 avg = 9000', /not between min and max/],
  ['no time', 'net min = 19.2 max = 20.1 avg =', /avg is missing/],
  ['two lines in one', 'net min = 1 max = 2 avg = 1.5 other min = 1 max = 2 avg = 1.5', /avg is in "other"/],
  ['no name', '  min = 1 max = 2 avg = 1.5', /does not name a network/],
  ['a sentence for a name', 'the fastest net: min = 1 max = 2 avg = 1.5', /is not the name of a network/],
  ['benchmark_model', 'count=50 first=2 curr=2 min=1 max=2 avg=1.5 std=4', /benchmark_model.*--op-profile/],
])('%s is refused with its cause', (_what, line, message) => {
  expect(refused([line])).toMatch(message);
});

test('rows of two devices without their settings, and settings of two listings, are refused', () => {
  const rows = (times: Readonly<Record<string, number>>) => ncnn(4, 0, times).slice(5);
  expect(refused([...rows(cpu), ...rows(gpu)])).toMatch(
    /lines 1 and 4: mobilenet_v2 takes 33\.83 and 21\.4 ms/,
  );
  expect(refused(['num_threads = 4', 'num_threads = 1', ...rows(cpu)])).toMatch(
    /line 2: num_threads is 1, and 4/,
  );
});
