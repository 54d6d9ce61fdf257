/** A journal that two processes have written at once is put in order, as far as its check sums allow. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatLine } from './journal/journal-line.js';
import type { JournalEntry } from './journal/index.js';
import { createRun, resumeRun } from './run-writer.js';
import { contents, inTemporaryFolder, session, trialLines } from './test-helpers/small-run.js';
import { readRun } from './view.js';

const again = { ...session, resumed: true } as JournalEntry;

/** The lines of a run of two trials, and then those of two processes that resumed it at once, in turns. */
function doubledRun(root: string): { folder: string; journal: string; text: string } {
  const run = createRun(root, 'a', contents);
  run.close();
  const line = (n: number, entry: JournalEntry) => formatLine(entry, n, 1000 + n);
  const [ask0, tell0, ask1, tell1, ask2, tell2] = [0, 1, 2].flatMap((id) => trialLines(id, 0.5, 5)) as [
    JournalEntry,
    JournalEntry,
    JournalEntry,
    JournalEntry,
    JournalEntry,
    JournalEntry,
  ];
  const text = [
    line(1, session),
    line(2, ask0),
    line(3, tell0),
    line(4, again),
    line(4, again),
    line(5, ask1),
    line(5, ask1),
    line(6, tell1),
    line(6, tell1),
    line(7, ask2),
    line(7, ask2).replace('"id":2', '"id":9'), // overwritten in part
    line(8, tell2),
    line(8, tell2),
    line(9, { type: 'end', reason: 'trials' }),
  ].join('');
  const journal = join(run.folder, 'journal.jsonl');
  writeFileSync(journal, text);
  return { folder: run.folder, journal, text };
}

test('readers show every trial of it once, and say what happened', () =>
  inTemporaryFolder((root) => {
    const view = readRun(doubledRun(root).folder);
    expect(view.trials.map(({ id, state }) => [id, state])).toEqual([
      [0, 'complete'],
      [1, 'complete'],
      [2, 'complete'],
    ]);
    expect(view.ended?.reason).toBe('trials');
    expect(view.problems.at(-1)).toMatch(/Two processes have written the journal at once/);
  }));

test('resume numbers its lines again, says each once, and keeps the original', () =>
  inTemporaryFolder((root) => {
    const { folder, journal, text } = doubledRun(root);
    const { writer, view, original } = resumeRun(folder);
    expect(original).toBe(join(folder, 'journal-of-two-writers-1.jsonl'));
    expect(readFileSync(original as string, 'utf8')).toBe(text);
    expect(view.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
    writer.append(again);
    writer.close();
    const lines = readFileSync(journal, 'utf8')
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as { n: number; type: string; id?: number });
    expect(lines.map(({ n }) => n)).toEqual(lines.map((_, i) => i + 1));
    expect(lines.filter(({ type }) => type === 'tell').map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(readRun(folder).problems).toEqual([]);
    const second = resumeRun(folder);
    expect(second.original).toBeUndefined();
    second.writer.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('journal'))).toEqual([
      'journal-of-two-writers-1.jsonl',
      'journal.jsonl',
    ]);
  }));

test('missing lines are not taken for the work of two writers: nothing is changed', () =>
  inTemporaryFolder((root) => {
    const { folder, journal } = doubledRun(root);
    const text = [1, 2, 5].map((n) => formatLine(session, n, n)).join('');
    writeFileSync(journal, text);
    expect(() => resumeRun(folder)).toThrow(/line 3 is numbered 5/);
    expect(readFileSync(journal, 'utf8')).toBe(text);
  }));
