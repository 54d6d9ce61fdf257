/** Every command that reads runs, over every kind of hostile run: done or one sentence, never an internal error. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hostileKinds } from './support/hostile-runs.js';
import { runCli } from './support/run-cli.js';
import { dryRun, searchIn } from './support/searching.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-hostile-'));
const sound = searchIn(root, { ...dryRun, name: 'sound', workers: 1 });
afterAll(() => rmSync(root, { recursive: true, force: true }));

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

test('there are at least 150 kinds, each once', () => {
  const names = new Set(hostileKinds.map(({ name }) => name));
  expect(names.size).toBeGreaterThanOrEqual(150);
});

test('a reader says what is wrong, or reads what is left', async () => {
  const { folder } = await sound;
  const faults: string[] = [];
  for (const [i, kind] of hostileKinds.entries()) {
    // One command for each kind, the next for the next: all of them over each of the larger families.
    const own = readers[i % readers.length] as readonly string[];
    for (const args of i % reportEvery === 0 ? [own, report] : [own]) {
      const copy = join(root, 'hostile');
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      kind.apply(copy);
      const from = performance.now();
      const { code, stderr } = await runCli(...args.map((arg) => arg.replace('RUN', copy)));
      const seconds = (performance.now() - from) / 1000;
      if (![0, 2].includes(code) || seconds > 20 || /internal|secret/.test(stderr)) {
        faults.push(`${kind.name}: ${args[0]} ${code} ${seconds.toFixed(1)} s ${stderr.slice(0, 200)}`);
      }
    }
  }
  expect(faults).toEqual([]);
}, 900_000);
