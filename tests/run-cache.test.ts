/** The cache next to a journal: what is read with it is what is read without, whatever became of either file. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../src/base/index.js';
import { type RunView, followRun, readRun } from '../src/runs/index.js';
import { makeUpRun } from './support/made-up-run.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-cache-'));
const trials = 9000;
let original: string;
let copies = 0;

beforeAll(() => {
  original = makeUpRun(root, 'original', { trials, quick: true, running: 1, budget: 2 * trials }).folder;
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const cacheOf = (folder: string) => join(folder, 'journal.cache');
const journalOf = (folder: string) => join(folder, 'journal.jsonl');

/** A copy of the run, with a cache or without. */
function copyOf(withCache: boolean): string {
  const folder = join(root, `copy-${++copies}`);
  cpSync(original, folder, { recursive: true, preserveTimestamps: true });
  if (withCache) expect(save(folder)).toBe(true);
  return folder;
}

/** Follows a run and writes its cache. */
function save(folder: string): boolean {
  const followed = followRun(folder, () => {}, { cached: true });
  const steps = followed.saveSteps();
  let done: boolean | undefined = false;
  while (steps) {
    const next = steps.next();
    if (next.done) {
      done = next.value;
      break;
    }
  }
  followed.close();
  return done;
}

function readCached(folder: string): RunView {
  const followed = followRun(folder, () => {}, { cached: true });
  followed.close();
  return followed.view;
}

const fields = [
  ...([
    'id',
    'origin',
    'parents',
    'known',
    'values',
    'state',
    'reason',
    'fault',
    'startedAt',
    'endedAt',
  ] as const),
  ...(['seconds', 'worker', 'step', 'steps', 'curve', 'rungs', 'estimate'] as const),
];

/** All that a view says, with every row decoded. */
function plain({ trials: rows, ...view }: RunView): unknown {
  const decoded = rows.map((row) => [[...row.genome], ...fields.map((field) => row[field])]);
  return { ...view, rows: decoded };
}

test('a run is the same with its cache, and less of its journal is read', () => {
  const folder = copyOf(true);
  expect(plain(readCached(folder))).toEqual(plain(readRun(folder)));
  // The journal is not looked at but for its ends: with the same size and time a change in its middle goes unseen.
  const { atime, mtime } = statSync(journalOf(folder));
  const bytes = readFileSync(journalOf(folder));
  bytes[bytes.length >> 1] = 64;
  writeFileSync(journalOf(folder), bytes);
  utimesSync(journalOf(folder), atime, mtime);
  if (statSync(journalOf(folder)).mtimeMs === mtime.getTime())
    expect(readCached(folder).problems).toEqual([]);
  expect(statSync(cacheOf(folder)).mode & 0o077).toBe(0);
});

test('a journal that has grown is read from where the cache ends', () => {
  const made = makeUpRun(root, 'growing', {
    trials,
    quick: true,
    open: true,
    budget: 2 * trials,
    running: 1,
  });
  expect(save(made.folder)).toBe(true);
  for (let i = 0; i < 50; i++) made.addTrial();
  made.writer.append({ type: 'report', id: trials, worker: 0, step: 200, steps: 400, loss: 1.2 });
  expect(plain(readCached(made.folder))).toEqual(plain(readRun(made.folder)));
  made.writer.close();
});

const changes: readonly (readonly [string, (folder: string) => void])[] = [
  [
    'a byte of the journal is another',
    (folder) => {
      const bytes = readFileSync(journalOf(folder));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      writeFileSync(journalOf(folder), bytes);
      utimesSync(journalOf(folder), new Date(), new Date(Date.now() + 5000));
    },
  ],
  ['the journal was cut shorter', (folder) => truncateSync(journalOf(folder), 1_000_000)],
  [
    'the journal is of another run',
    (folder) => {
      const other = makeUpRun(root, `other-${++copies}`, { trials, quick: true, seed: 5 }).folder;
      copyFileSync(journalOf(other), journalOf(folder));
    },
  ],
  [
    'the manifest is of another run',
    (folder) => {
      const path = join(folder, 'manifest.json');
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ ...manifest, created: '2020-01-01T00:00:00.000Z' }));
    },
  ],
  ['the cache is cut off', (folder) => truncateSync(cacheOf(folder), statSync(cacheOf(folder)).size - 100)],
  ['the cache is empty', (folder) => writeFileSync(cacheOf(folder), '')],
  [
    'the cache is something else',
    (folder) => writeFileSync(cacheOf(folder), Buffer.alloc(4096, 'mixnas cache 1\n\n')),
  ],
];

test.each(changes)('where %s the journal counts, and the cache is thrown away', (_name, change) => {
  const folder = copyOf(true);
  change(folder);
  expect(plain(readCached(folder))).toEqual(plain(readRun(folder)));
  expect(existsSync(cacheOf(folder)) && statSync(cacheOf(folder)).size > 0).toBe(false);
});

test('of a cache with any bytes changed nothing is believed', () => {
  const random = createRandom('cache');
  const folder = copyOf(true);
  const whole = readFileSync(cacheOf(folder));
  const expected = plain(readRun(folder));
  for (let i = 0; i < 12; i++) {
    const bytes = Buffer.from(whole);
    const at = i === 0 ? bytes.length - 9 : random.int(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + random.int(255));
    writeFileSync(cacheOf(folder), bytes);
    expect(plain(readCached(folder))).toEqual(expected);
  }
});

test('none is left in a folder that is not ours, or that may not be written, nor of a broken or a short journal', () => {
  const foreign = copyOf(false);
  if (process.getuid?.() === 0) chownSync(foreign, 12_345, 12_345);
  else chmodSync(foreign, 0o555);
  expect(save(foreign)).toBe(false);
  chmodSync(foreign, 0o755);
  const broken = copyOf(false);
  const lines = readFileSync(journalOf(broken), 'utf8').split('\n');
  lines[100] = lines[100]?.replace('"id"', '"ix"') ?? '';
  writeFileSync(journalOf(broken), lines.join('\n'));
  expect(save(broken)).toBe(false);
  const short = makeUpRun(root, 'short', { trials: 20 }).folder;
  expect(save(short)).toBe(false);
  for (const folder of [foreign, broken, short]) expect(existsSync(cacheOf(folder))).toBe(false);
});

test('a link in its place is neither followed nor written through', () => {
  const folder = copyOf(false);
  const target = join(root, 'target');
  writeFileSync(target, 'mine');
  symlinkSync(target, cacheOf(folder));
  expect(plain(readCached(folder))).toEqual(plain(readRun(folder)));
  save(folder);
  expect(readFileSync(target, 'utf8')).toBe('mine');
  appendFileSync(target, '');
});
