import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withLock } from './lock.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('lets one worker in at a time and is gone afterwards', async () => {
  const path = join(folder, 'new', 'a.lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await pause(20);
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

it('is released when the work fails', async () => {
  const path = join(folder, 'b.lock');
  await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await withLock(path, async () => 'again')).toBe('again');
});

it('is taken over from a process that is dead', async () => {
  const path = join(folder, 'c.lock');
  writeFileSync(path, `${hostname()} 4194305`); // Above the largest process id there can be.
  expect(await withLock(path, async () => 'mine')).toBe('mine');
});

it('is taken over from another host that has been silent for long', async () => {
  const path = join(folder, 'd.lock');
  writeFileSync(path, 'elsewhere 1');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(path, longAgo, longAgo);
  expect(await withLock(path, async () => 'mine')).toBe('mine');
});

it('stops waiting when aborted', async () => {
  const path = join(folder, 'e.lock');
  writeFileSync(path, 'elsewhere 1');
  await expect(withLock(path, async () => 1, { signal: AbortSignal.timeout(50) })).rejects.toThrow('aborted');
});
