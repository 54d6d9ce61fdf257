/**
 * Every command that reads runs, over every kind of hostile run: done or one sentence, in 5 s of the processor and
 * 300 MB, never an internal error. By default each kind meets one command, the next kind the next; `npm run hostile`
 * is all of them over all kinds, and takes a quarter of an hour.
 */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hostileKinds } from './support/hostile-runs.js';
import { ReaderProcess } from './support/reader-process.js';
import { dryRun, searchIn } from './support/searching.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-hostile-'));
const sound = searchIn(root, { ...dryRun, name: 'sound', workers: 1 });
const reader = new ReaderProcess();
afterAll(() => {
  reader.close();
  rmSync(root, { recursive: true, force: true });
});

const readers: readonly (readonly string[])[] = [
  ['status', '--all', 'RUN'],
  ['status', '--json', 'RUN'],
  ['pick', 'RUN'],
  ['predict', 'RUN#0', '--profile', 'mali-g76'],
  ['eval', 'RUN#0'],
  ['dashboard', 'RUN'],
  ['resume', 'RUN', '--no-tui'],
];
/** A report takes seconds; it reads a run as the others do. */
const report = ['report', 'RUN'];
const reportEvery = 20;
/** Where to write what each command took, a line each. */
const figures = process.env['MIXNAS_HOSTILE_FIGURES'];
const isWhole = process.env['MIXNAS_HOSTILE'] === 'all';
const commandsFor = (i: number) => {
  if (isWhole) return [...readers, report];
  const own = readers[i % readers.length] as readonly string[];
  return i % reportEvery === 0 ? [own, report] : [own];
};

test('there are at least 150 kinds, each once', () => {
  const names = new Set(hostileKinds.map(({ name }) => name));
  expect(names.size).toBeGreaterThanOrEqual(150);
});

test(
  'a reader says what is wrong, or reads what is left',
  async () => {
    const { folder } = await sound;
    const faults: string[] = [];
    const copy = join(root, 'hostile');
    const runOn = async (i: number, args: readonly string[]) => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      hostileKinds[i]?.apply(copy);
      return reader.run(args.map((arg) => arg.replace('RUN', copy)));
    };
    for (const [i, kind] of hostileKinds.entries()) {
      for (const args of commandsFor(i)) {
        let ended = await runOn(i, args);
        if (ended.peakMb > 300) {
          // Whether it is this command, or what was left of those before.
          reader.close();
          ended = await runOn(i, args);
        }
        const { code, stderr, cpu, peakMb } = ended;
        const name = `${kind.name}: ${args.slice(0, 2).join(' ')}`;
        if (figures) appendFileSync(figures, `${JSON.stringify({ name, code, cpu, peakMb })}\n`);
        const isSound =
          (code === 0 || code === 2) && cpu < 5 && peakMb < 300 && !/internal|secret/.test(stderr);
        if (!isSound)
          faults.push(`${name} ${code} ${cpu.toFixed(1)} s ${peakMb.toFixed()} MB ${stderr.slice(0, 200)}`);
      }
    }
    expect(faults).toEqual([]);
  },
  isWhole ? 7_200_000 : 900_000,
);
