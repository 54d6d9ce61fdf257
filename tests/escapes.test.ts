/** Escape sequences in files and arguments of others never reach the screen. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, printable, printableJson, printableLines, readDocument } from '../src/base/index.js';
import { paintBlock, paintLine } from '../src/dashboard/draw/ansi.js';
import { textWidth } from '../src/dashboard/draw/block.js';
import type { JournalEntry } from '../src/runs/index.js';
import { formatLine } from '../src/runs/journal/journal-line.js';
import { makeUpRun } from './support/made-up-run.js';
import { runCli } from './support/run-cli.js';

/** Sets the title, clears the screen, turns red by C1, writes from right to left, overwrites the line. */
const marker = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\u2028\r';
/** What none of our answers may hold; a pipe gets no colours either. */
// oxlint-disable-next-line no-control-regex
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

const folder = mkdtempSync(join(tmpdir(), 'mixnas-escapes-'));
const pristine = join(folder, 'pristine');
beforeAll(() => {
  makeUpRun(folder, 'pristine', { trials: 4, quick: true, profiles: ['hexagon-8gen2'] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The places of all strings in JSON data; of a list's members only the first, as they are alike. */
function placesOf(value: unknown, place: readonly string[] = []): string[][] {
  if (typeof value === 'string') return [[...place]];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  return (Array.isArray(value) ? entries.slice(0, 1) : entries).flatMap(([key, item]) =>
    placesOf(item, [...place, key]),
  );
}

/** A copy of `value` with the marker at the end of the string at `place`. */
function marked(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return `${String(value)}${marker}`;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = marked(copy[key], rest);
  return copy;
}

/** Runs a command. @returns what of its output could move a cursor, with its command line; else nothing. */
async function dirtOf(...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await runCli(...args);
  return [stdout, stderr].filter((text) => raw.test(text)).map((text) => JSON.stringify({ args, text }));
}

/** The same for every command that reads a run. */
async function dirtOfReaders(run: string): Promise<string[]> {
  const trial = `${run}#1`;
  const commands = [
    ['status', run],
    ['status', run, '--json'],
    ['pick', run],
    ['show', trial],
    ['predict', trial],
    ['eval', trial],
    ['report', run, '--out', join(folder, 'report')],
  ];
  const dirt: string[] = [];
  for (const args of commands) dirt.push(...(await dirtOf(...args)));
  return dirt;
}

describe('a marker in a string of a run never reaches the screen', () => {
  it.each(['manifest.json', 'config.json', 'space.json', 'landmarks.json', 'profiles/hexagon-8gen2.json'])(
    'in every field of %s',
    async (file) => {
      const text = readFileSync(join(pristine, file), 'utf8');
      const places = placesOf(JSON.parse(text));
      expect(places.length).toBeGreaterThan(0);
      const run = join(folder, 'marked');
      cpSync(pristine, run, { recursive: true });
      for (const place of places) {
        writeFileSync(join(run, file), JSON.stringify(marked(JSON.parse(text), place)));
        expect(await dirtOfReaders(run)).toEqual([]);
      }
      rmSync(run, { recursive: true });
    },
  );

  it('in every field of the journal', async () => {
    const run = join(folder, 'journal');
    cpSync(pristine, run, { recursive: true });
    const path = join(run, 'journal.jsonl');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const entries = lines.map((line) => {
      const {
        n: _n,
        t,
        c: _c,
        ...entry
      } = JSON.parse(line) as JournalEntry & { n: number; t: number; c: string };
      return { t, entry };
    });
    const failed = { type: 'tell', id: 3, state: 'failed', reason: 'why', seconds: 1 } as JournalEntry;
    const kinds = new Map([...entries, { t: 1.7e12, entry: failed }].map((e) => [e.entry.type, e]));
    for (const { t, entry } of kinds.values()) {
      for (const place of placesOf(entry).filter(([key]) => key !== 'type')) {
        const all = [...entries, { t, entry: marked(entry, place) as JournalEntry }];
        writeFileSync(path, all.map((line, i) => formatLine(line.entry, i + 1, line.t)).join(''));
        expect(await dirtOfReaders(run)).toEqual([]);
      }
    }
  });

  it('in the name of its folder', async () => {
    const run = join(folder, `run${marker}`);
    cpSync(pristine, run, { recursive: true });
    expect(await dirtOfReaders(run)).toEqual([]);
  });
});

describe('a marker in a file that a command reads never reaches the screen', () => {
  it.each([
    ['examples/quickstart.yaml', (path: string) => ['search', path, '--trials', '0', '--no-tui']],
    ['spaces/cifar-small.yaml', (path: string) => ['search', '--space', path, '--trials', '0', '--no-tui']],
  ])('in every field of %s', async (file, argsOf) => {
    const data = readDocument(join(packageRoot(), file), 'bad-config');
    for (const place of placesOf(data)) {
      const path = join(folder, basename(file).replace('.yaml', '.json'));
      writeFileSync(path, JSON.stringify(marked(data, place)));
      // `--trials 0` is refused: nothing is trained.
      expect(await dirtOf(...argsOf(path))).toEqual([]);
    }
  });

  it('in an architecture, a table of measurements and the names of images', async () => {
    const { stdout } = await runCli('show', 'mixnet-s');
    const path = join(folder, 'architecture.json');
    for (const place of placesOf(JSON.parse(stdout))) {
      writeFileSync(path, JSON.stringify(marked(JSON.parse(stdout), place)));
      expect(await dirtOf('cost', path)).toEqual([]);
    }
    const csv = join(folder, 'measured.csv');
    writeFileSync(csv, `model,${marker}latency_ms\n"${marker}",${marker}\n`);
    expect(await dirtOf('profile', 'tune', '--end-to-end', csv, '--name', 'x')).toEqual([]);
    const images = join(folder, `images${marker}`);
    for (const name of ['a', `b${marker}`]) mkdirSync(join(images, name), { recursive: true });
    writeFileSync(join(images, 'a', `x${marker}.png`), 'no image');
    writeFileSync(join(images, `b${marker}`, 'y.png'), 'no image');
    expect(await dirtOf('data', 'fetch', images)).toEqual([]);
  });
});

it('a marker in an argument never reaches the screen', async () => {
  const commands = readdirSync(join(packageRoot(), 'src/cli'))
    .map((name) => basename(name, '.ts'))
    .filter((name) => !['index', 'program', 'terminal', 'find-network'].includes(name));
  for (const command of commands) {
    expect(await dirtOf(command, marker, '--no-such-option')).toEqual([]);
    expect(await dirtOf(command, `--${marker}`)).toEqual([]);
    if (!['search', 'init', 'doctor', 'ablate', 'dashboard'].includes(command)) {
      expect(await dirtOf(command, `no${marker}`, `such${marker}`)).toEqual([]);
    }
  }
  expect(await dirtOf(`command${marker}`)).toEqual([]);
});

describe('whatever text a screen is made of', () => {
  const dangerous = fc.string({
    unit: fc.oneof(fc.constantFrom(...Array.from(marker)), fc.string({ minLength: 1, maxLength: 1 })),
  });
  const theme = { colours: 'true', glyphs: 'braille' } as const;

  it('the only escape sequences in a painted line are colours', () => {
    fc.assert(
      fc.property(dangerous, (text) => {
        const painted = paintLine([{ text, role: 'front', bold: true }], theme);
        // oxlint-disable-next-line no-control-regex
        expect(painted.replaceAll(/\u001b\[[0-9;]*m/g, '')).not.toMatch(raw);
        expect(paintBlock([[{ text }]], theme, false)).not.toMatch(raw);
      }),
    );
  });

  it('a text takes the columns that it is painted in', () => {
    fc.assert(
      fc.property(dangerous, (text) => {
        expect(textWidth(text)).toBe(textWidth(printable(text)));
      }),
    );
  });

  it('lines keep their ends, and JSON its meaning', () => {
    expect(printableLines('a\n\tb\u001b[2J')).toBe('a\n\tb?[2J');
    fc.assert(
      fc.property(dangerous, (text) => {
        const json = printableJson(JSON.stringify({ [text]: text }));
        expect(json).not.toMatch(raw);
        expect(JSON.parse(json)).toEqual({ [text]: text });
      }),
    );
  });
});

it('no command writes to a stream past the functions that neutralise', () => {
  const files = readdirSync(join(packageRoot(), 'src/cli'), { recursive: true, encoding: 'utf8' });
  const writers = files.filter(
    (name) =>
      name.endsWith('.ts') &&
      /\b(stdout|stderr)\.write|console\./.test(readFileSync(join(packageRoot(), 'src/cli', name), 'utf8')),
  );
  expect(writers).toEqual([join('terminal', 'io.ts')]);
});
