/**
 * One process at a time builds a cache entry; the others wait for it. The lock only saves double work:
 * everything written under it is written atomically, or with the same bytes at the same places, so a
 * lock that is broken by mistake does no harm.
 */
import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolders, readTextFile, removeOwn, sizeLimits } from '../../../base/index.js';
import { writingTo } from '../options.js';

/** A holder touches its lock this often; one that has not for `staleMs` is taken for dead. */
const heartbeatMs = 5_000;
const staleMs = 30_000;
const pollMs = 200;

const self = () => `${hostname()} ${process.pid}`;

function acquire(path: string): boolean {
  try {
    writeFileSync(path, self(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a process of this host runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whether the holder of a lock is gone: dead on this host, or silent for too long on any. */
function isAbandoned(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleMs) return true;
    const [host, pid] = readTextFile(path, 'bad-data', { own: true, limit: sizeLimits.note }).split(' ');
    return host === hostname() && !isAlive(Number(pid));
  } catch (error) {
    // Released between two checks: not abandoned, just free.
    if (!existsSync(path)) return false;
    throw error;
  }
}

/**
 * Runs `work` while holding the lock file `path`, waiting for whoever holds it.
 * @throws MixnasError `no-space` when the lock cannot be written; the signal's reason when aborted.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<T> {
  await writingTo(path, () => makeFolders(dirname(path)));
  while (!(await writingTo(path, () => acquire(path)))) {
    if (isAbandoned(path)) removeOwn(path);
    else await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {});
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The lock was broken or the folder removed; the work continues, see the header.
    }
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    removeOwn(path);
  }
}
