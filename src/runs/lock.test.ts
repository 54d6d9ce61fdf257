import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, liveWriter, lockPath, ownIdentity, readHolder } from './lock-holder.js';
import { takeLock } from './lock.js';
import { createRun, resumeRun } from './run-writer.js';
import { contents, inTemporaryFolder, session, trialLines } from './test-helpers/small-run.js';

const write = (folder: string, holder: object) => writeFileSync(lockPath(folder), JSON.stringify(holder));

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

test('a lock is judged by host, start of the system, number and start of the process', () =>
  inTemporaryFolder(async (folder) => {
    const me = ownIdentity();
    const dead = await deadProcess();
    expect(judge(folder, me)).toBe('writing');
    expect(judge(folder, { ...me, pid: dead })).toBe('gone');
    expect(judge(folder, { ...me, started: '1' })).toBe('gone');
    expect(judge(folder, { ...me, boot: 'another' })).toBe('gone');
    // What cannot be seen from here may still be writing.
    expect(judge(folder, { ...me, pid: dead, host: 'elsewhere' })).toBe('writing');
    expect(judge(folder, { ...me, pid: dead, boot: 'another', machine: 'another' })).toBe(
      me.machine ? 'writing' : 'gone',
    );
    expect(judge(folder, { ...me, pid: dead, pids: 'pid:[1]' })).toBe(me.pids ? 'writing' : 'gone');
    // As mixnas 0.1 wrote it.
    expect(judge(folder, { pid: dead, host: hostname(), started: '1' })).toBe('gone');
    expect(judge(folder, { pid: process.pid, host: hostname(), started: me.started })).toBe('writing');
  }));

test('a lock leaves nothing next to it, and nothing at all when it is released', () =>
  inTemporaryFolder((folder) => {
    const lock = takeLock(folder);
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  }));

test('a lock that was replaced is lost at the very next line', () =>
  inTemporaryFolder(async (root) => {
    const run = createRun(root, 'a', contents);
    run.append(session);
    const before = readFileSync(join(run.folder, 'journal.jsonl'));
    const other = `${lockPath(run.folder)}.other`;
    writeFileSync(other, JSON.stringify({ pid: 1, host: 'elsewhere', started: '1' }));
    renameSync(other, lockPath(run.folder));
    expect(() => run.append(session)).toThrow(/written by process 1 on elsewhere/);
    expect(() => run.keepWeights(new Set())).toThrow(/on elsewhere/);
    expect(readFileSync(join(run.folder, 'journal.jsonl'))).toEqual(before);
    await expect.poll(() => run.lost.aborted, { timeout: 5000 }).toBe(true);
    run.close();
    expect(readHolder(lockPath(run.folder))?.host).toBe('elsewhere');
  }));

test('a lock that is rewritten with another holder is lost, one that is only touched is not', () =>
  inTemporaryFolder((folder) => {
    const lock = takeLock(folder);
    writeFileSync(lockPath(folder), readFileSync(lockPath(folder)));
    lock.check();
    write(folder, { ...ownIdentity(), token: 'another' });
    expect(() => lock.check()).toThrow(/is being written by process/);
  }));

test('a stale lock that is claimed by a living process is left to it; the claim of a dead one is not', () =>
  inTemporaryFolder(async (folder) => {
    const dead = await deadProcess();
    write(folder, { ...ownIdentity(), pid: dead });
    const lock = takeLock(folder);
    expect(readHolder(lockPath(folder))?.pid).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
  }));

test('a copied folder of a run that is being written can be taken up; the original cannot', () =>
  inTemporaryFolder((root) => {
    const run = createRun(root, 'a', contents);
    run.append(session);
    for (const line of trialLines(0, 0.5, 5)) run.append(line);
    const copy = join(root, 'b');
    cpSync(run.folder, copy, { recursive: true });
    expect(liveWriter(run.folder)?.pid).toBe(process.pid);
    expect(liveWriter(copy)).toBeUndefined();
    const resumed = resumeRun(copy);
    expect(resumed.copied).toBe(true);
    resumed.writer.append(session);
    resumed.writer.close();
    run.append(session);
    expect(() => resumeRun(run.folder)).toThrow(/is being written by process/);
    run.close();
    const again = resumeRun(run.folder);
    expect(again.copied).toBe(false);
    again.writer.close();
  }));

test('a folder that is moved while it is written stays locked', () =>
  inTemporaryFolder((root) => {
    const run = createRun(root, 'a', contents);
    renameSync(run.folder, join(root, 'b'));
    expect(() => resumeRun(join(root, 'b'))).toThrow(/is being written by process/);
  }));

/** A process that takes the lock of a folder at a given time, keeps it, and prints whether it has it. */
const contender = `
  const { takeLock } = await import(process.argv[1]);
  const at = Number(process.argv[3]);
  while (Date.now() < at);
  try {
    takeLock(process.argv[2]);
    console.log('won');
    setTimeout(() => {}, 60_000);
  } catch (error) {
    console.log(error.message.includes('written by') ? 'refused' : error.stack);
  }
`;

const contend = (folder: string, at: number): ChildProcess =>
  spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      '--input-type=module',
      '-e',
      contender,
      new URL('./lock.ts', import.meta.url).href,
      folder,
      String(at),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

test.each(['no lock', 'a stale lock'])(
  'of processes that come at the same moment to %s one has it',
  (kind) =>
    inTemporaryFolder(async (folder) => {
      if (kind === 'a stale lock') write(folder, { ...ownIdentity(), pid: await deadProcess() });
      const at = Date.now() + 6000;
      const children = Array.from({ length: 6 }, () => contend(folder, at));
      try {
        const said = await Promise.all(
          children.map(async ({ stdout }) =>
            String((await once(stdout as NodeJS.ReadableStream, 'data'))[0]).trim(),
          ),
        );
        expect(said.toSorted()).toEqual([...Array<string>(5).fill('refused'), 'won']);
        const winner = children[said.indexOf('won')];
        expect(readHolder(lockPath(folder))?.pid).toBe(winner?.pid);
        expect(statSync(lockPath(folder)).nlink).toBe(1);
      } finally {
        for (const child of children) child.kill('SIGKILL');
      }
      expect(existsSync(lockPath(folder))).toBe(true);
    }),
  60_000,
);
