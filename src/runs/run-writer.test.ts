import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recoverJournal } from './recovery.js';
import { RunReading, readRun } from './view.js';
import { createRun, resumeRun } from './run-writer.js';
import { contents, inTemporaryFolder, session, trialLines } from './test-helpers/small-run.js';

function makeRun(root: string, trials = 3): string {
  const run = createRun(root, 'a', contents);
  run.append(session);
  for (let id = 0; id < trials; id++) for (const line of trialLines(id, id / 10, 5 - id)) run.append(line);
  run.close();
  return run.folder;
}

test('a run is read back as it was written', () =>
  inTemporaryFolder((root) => {
    const view = readRun(makeRun(root));
    expect(view).toMatchObject({ name: 'a', live: false, problems: [], ended: undefined });
    expect(view.sessions).toHaveLength(1);
    expect(view.trials.map((row) => row.id)).toEqual([0, 1, 2]);
    expect(view.trials[2]).toMatchObject({
      state: 'complete',
      known: { 'latencyMs.phone': 3, params: 1000 },
      values: { accuracy: 0.2 },
      parents: [1],
      curve: [
        { step: 10, loss: 2.5 },
        { step: 20, loss: 1.5, accuracy: 0.2 },
      ],
    });
    expect([...(view.trials[0]?.genome ?? [])]).toEqual([0, 1, 10]);
    expect(Object.keys(view.profiles)).toEqual(['phone']);
  }));

test('a journal torn at any byte loses at most its last line', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root, 1);
    const journal = join(folder, 'journal.jsonl');
    const whole = readFileSync(journal);
    for (let length = 0; length <= whole.length; length++) {
      const torn = whole.subarray(0, length);
      writeFileSync(journal, torn);
      const reading = new RunReading(folder);
      reading.advance();
      const kept = torn.lastIndexOf(10) + 1;
      const lines = torn.toString().split('\n').length - 1;
      expect(recoverJournal(reading)).toMatchObject({ lines, mended: kept < length });
      expect(readFileSync(journal)).toEqual(whole.subarray(0, kept));
      expect(reading.view().trials.filter((row) => row.state === 'complete')).toHaveLength(
        Math.max(0, Math.floor((lines - 1) / 2)),
      );
    }
  }));

test('a torn run resumes where its last whole line ended', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root, 2);
    const journal = join(folder, 'journal.jsonl');
    const whole = readFileSync(journal, 'utf8');
    writeFileSync(journal, whole.slice(0, -10));
    const { writer, view, mended } = resumeRun(folder);
    expect(mended).toBe(true);
    expect(view.trials.map((row) => row.state)).toEqual(['complete', 'running']);
    writer.append(session);
    writer.close();
    const now = readFileSync(journal, 'utf8').split('\n');
    expect(now.slice(0, 4)).toEqual(whole.split('\n').slice(0, 4));
    expect(readRun(folder).problems).toEqual([]);
    expect(readRun(folder).trials.map((row) => row.state)).toEqual(['complete', 'interrupted']);
  }));

test('a last line that a power cut filled with zeros is cut off', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root, 1);
    const journal = join(folder, 'journal.jsonl');
    const whole = readFileSync(journal);
    for (const tail of [Buffer.alloc(50), Buffer.from(`${'\0'.repeat(50)}\n`)]) {
      writeFileSync(journal, Buffer.concat([whole, tail]));
      const { writer, mended } = resumeRun(folder);
      writer.close();
      expect(mended).toBe(true);
      expect(readFileSync(journal)).toEqual(whole);
    }
  }));

test('a line broken before the last is reported with its number, and nothing is cut', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const journal = join(folder, 'journal.jsonl');
    const text = readFileSync(journal, 'utf8');
    const broken = text.replace('"accuracy":0.1', '"accuracy":0.9');
    expect(broken).not.toBe(text);
    writeFileSync(journal, broken);
    expect(() => resumeRun(folder)).toThrow(/line 5 does not match its check sum/);
    expect(readFileSync(journal, 'utf8')).toBe(broken);
    expect(readRun(folder).problems).toEqual(['Line 5 of the journal does not match its check sum.']);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  }));

test('a second writer is refused while the first one lives', () =>
  inTemporaryFolder((root) => {
    const run = createRun(root, 'a', contents);
    expect(readRun(run.folder).live).toBe(true);
    expect(() => resumeRun(run.folder)).toThrow(new RegExp(`being written by process ${process.pid}`));
    run.close();
    expect(readRun(run.folder).live).toBe(false);
    resumeRun(run.folder).writer.close();
  }));

test('the lock of a dead process is taken over, that of another host is not', () =>
  inTemporaryFolder(async (root) => {
    const folder = makeRun(root);
    const lock = join(folder, 'lock');
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    writeFileSync(lock, JSON.stringify({ pid: child.pid, host: hostname(), started: '1' }));
    resumeRun(folder).writer.close();
    // A later process with the same number is not the one that took the lock.
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
    resumeRun(folder).writer.close();
    writeFileSync(lock, JSON.stringify({ pid: child.pid, host: 'elsewhere', started: '1' }));
    expect(() => resumeRun(folder)).toThrow(/on elsewhere/);
  }));

test('a writer whose run was taken over stops', () =>
  inTemporaryFolder(async (root) => {
    const run = createRun(root, 'a', contents);
    run.append(session);
    writeFileSync(join(run.folder, 'lock'), JSON.stringify({ pid: 1, host: 'elsewhere', started: '1' }));
    await expect
      .poll(() => attempt(() => run.append(session)), { timeout: 5000 })
      .toMatch(/being written by process 1 on elsewhere/);
    run.close();
  }));

function attempt(action: () => void): string {
  try {
    action();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  ['', /empty/],
  ['../a', /climbs out/],
  ['/a', /climbs out/],
  ['..', /climbs out/],
  ['a/b', /climbs out/],
  ['a\\b', /climbs out/],
  ['con', /reserved/],
  ['NUL.txt', /reserved/],
  ['a b', /characters/],
  ['a\n', /characters/],
  ['a'.repeat(300), /longer/],
])('the run name %j is refused and nothing is written', (name, message) =>
  inTemporaryFolder((root) => {
    expect(() => createRun(join(root, 'runs'), name, contents)).toThrow(message);
    expect(readdirSync(root)).toEqual([]);
  }),
);

test('a name that is taken is refused, and the run under it stays as it was', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const before = readFileSync(join(folder, 'journal.jsonl'));
    expect(() => createRun(root, 'a', contents)).toThrow(/There is a run/);
    expect(readFileSync(join(folder, 'journal.jsonl'))).toEqual(before);
    expect(readdirSync(root)).toEqual(['a']);
  }));

test('a run that cannot be written whole leaves nothing behind', () =>
  inTemporaryFolder((root) => {
    const bad = { ...contents, profiles: { 'no/such/folder': '{}' } };
    expect(() => createRun(join(root, 'runs'), 'a', bad)).toThrow(/ENOENT/);
    expect(readdirSync(root)).toEqual([]);
  }));

test('a run of a newer mixnas is refused', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"format": 2', '"format": 3'));
    expect(() => readRun(folder)).toThrow(/newer mixnas/);
    expect(() => resumeRun(folder)).toThrow(/newer mixnas/);
  }));

test('weights that are not kept are removed', () =>
  inTemporaryFolder((root) => {
    const run = createRun(root, 'a', contents);
    for (const id of [0, 1, 2]) writeFileSync(run.weightsPath(id), 'w');
    writeFileSync(`${run.weightsPath(1)}.77.tmp`, 'w');
    run.removeWeights(2);
    expect(readdirSync(join(run.folder, 'weights'))).toHaveLength(3);
    run.keepWeights(new Set([1]));
    expect(readdirSync(join(run.folder, 'weights'))).toEqual(['1.safetensors']);
    run.close();
  }));
