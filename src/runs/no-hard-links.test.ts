/** Runs on a file system without hard links: FAT, some network drives. */
import * as fs from 'node:fs';
import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { lockPath, ownIdentity, readHolder } from './lock-holder.js';
import { takeLock } from './lock.js';
import { inTemporaryFolder } from './test-helpers/small-run.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const linkSync = () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
  };
  return { ...real, linkSync, default: { ...real, linkSync } };
});

test('a lock is taken, held and given back without hard links', () =>
  inTemporaryFolder((folder) => {
    const lock = takeLock(folder);
    const holder = readHolder(lockPath(folder));
    expect(holder).toMatchObject({ pid: process.pid, inode: String(statSync(lockPath(folder)).ino) });
    expect(() => takeLock(folder)).toThrow(/is being written by process/);
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  }));

test('a lock whose text is still to come is somebody’s; one that stays empty is nobody’s', () =>
  inTemporaryFolder((folder) => {
    writeFileSync(lockPath(folder), '');
    expect(() => takeLock(folder)).toThrow(/is being written/);
    utimesSync(lockPath(folder), 1_000_000, 1_000_000);
    takeLock(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  }));

test('the lock of a process that is gone is replaced by one of two only', () =>
  inTemporaryFolder((folder) => {
    const gone = { ...ownIdentity(), started: '1', token: 'gone' };
    writeFileSync(lockPath(folder), JSON.stringify(gone));
    const lock = takeLock(folder);
    expect(readHolder(lockPath(folder))?.token).not.toBe('gone');
    expect(() => takeLock(folder)).toThrow(/is being written by process/);
    expect(JSON.parse(readFileSync(lockPath(folder), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  }));
