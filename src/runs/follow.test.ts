import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followRun } from './follow.js';
import { formatLine } from './journal/journal-line.js';
import { createRun, resumeRun } from './run-writer.js';
import { contents, inTemporaryFolder, session, trialLines } from './test-helpers/small-run.js';

const followed = (folder: string) => {
  let changes = 0;
  const run = followRun(folder, () => changes++, { everyMs: 10 });
  return { run, changes: () => changes };
};
const trialsOf = (run: { view: { trials: readonly unknown[] } }) => () => run.view.trials.length;

test('a follower sees what is appended, whole lines only', () =>
  inTemporaryFolder(async (root) => {
    const writer = createRun(root, 'a', contents);
    const { run, changes } = followed(writer.folder);
    writer.append(session);
    for (const line of trialLines(0, 0.5, 5)) writer.append(line);
    await expect.poll(trialsOf(run)).toBe(1);
    expect(run.view.live).toBe(true);
    const journal = join(writer.folder, 'journal.jsonl');
    const next = formatLine(trialLines(1, 0.5, 5)[0] ?? session, 4, 0);
    const before = changes();
    appendFileSync(journal, next.slice(0, 20));
    await expect.poll(changes).toBeGreaterThan(before);
    expect(run.view.trials).toHaveLength(1);
    appendFileSync(journal, next.slice(20));
    await expect.poll(trialsOf(run)).toBe(2);
    expect(run.view.problems).toEqual([]);
    writer.close();
    await expect.poll(() => run.view.live).toBe(false);
    run.close();
  }));

test('a follower keeps up when a torn line is cut off and the run continues', () =>
  inTemporaryFolder(async (root) => {
    const writer = createRun(root, 'a', contents);
    writer.append(session);
    for (const line of trialLines(0, 0.5, 5)) writer.append(line);
    writer.close();
    const { run } = followed(writer.folder);
    appendFileSync(join(writer.folder, 'journal.jsonl'), '{"n":4,"t":12');
    await expect.poll(() => run.view.problems).toEqual([expect.stringContaining('torn')]);
    const resumed = resumeRun(writer.folder).writer;
    for (const line of trialLines(1, 0.6, 5)) resumed.append(line);
    await expect.poll(trialsOf(run)).toBe(2);
    expect(run.view.problems).toEqual([]);
    resumed.close();
    run.close();
  }));

test('a follower survives a truncated journal, a vanished folder and its return', () =>
  inTemporaryFolder(async (root) => {
    const writer = createRun(root, 'a', contents);
    writer.append(session);
    for (const line of trialLines(0, 0.5, 5)) writer.append(line);
    writer.close();
    const journal = join(writer.folder, 'journal.jsonl');
    const { run } = followed(writer.folder);
    expect(run.view.trials).toHaveLength(1);

    const firstLine = readFileSync(journal).indexOf(10) + 1;
    truncateSync(journal, firstLine);
    await expect.poll(trialsOf(run)).toBe(0);

    renameSync(writer.folder, join(root, 'away'));
    await expect.poll(() => run.view.problems).toEqual(['The run folder has vanished.']);
    renameSync(join(root, 'away'), writer.folder);
    await expect.poll(() => run.view.problems).toEqual([]);

    writeFileSync(join(writer.folder, 'manifest.json'), '{');
    rmSync(journal);
    await expect.poll(() => run.view.problems).toHaveLength(1);
    run.close();
  }));

test('a thousand trials a second are followed without reading any line twice', () =>
  inTemporaryFolder(async (root) => {
    const writer = createRun(root, 'a', contents);
    writer.append(session);
    const { run, changes } = followed(writer.folder);
    for (let id = 0; id < 1000; id++) {
      for (const line of trialLines(id, 0.5, 5)) writer.append(line);
      if (id % 50 === 49) await expect.poll(trialsOf(run), { interval: 5 }).toBe(id + 1);
    }
    // A view for each time that something was there, and no other.
    expect(changes()).toBe(20);
    expect(run.view.trials.every((row, id) => row.id === id && row.state === 'complete')).toBe(true);
    writer.close();
    run.close();
  }));
