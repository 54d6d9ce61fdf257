/**
 * One writer a run: the file `lock` names the process that writes. It comes into being whole and at once, as a second
 * name of a file that is written before; of two processes that come together, one finds it there. A lock whose process
 * is gone is replaced by the one process that has claimed just that lock. The holder checks whether the lock is still its
 * own before every line that it writes, so that whatever a suspended machine or a shared folder does, no two continue.
 */
import { randomUUID } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { MixnasError, asDiskError, canonicalJson, ownPart, removeOwn, shortHash } from '../base/index.js';
import { type Holder, judge, liveWriter, lockPath, ownIdentity, readHolder } from './lock-holder.js';

const freshMs = 2000;

/** The lock of one run, held by this process. */
export interface Lock {
  /** Whether the folder is a copy of one that another process writes. */
  readonly copied: boolean;
  /** Cheap enough for every line. @throws MixnasError `bad-run` when another process has taken the run. */
  check(): void;
  release(): void;
}

function locked(folder: string, { pid, host }: { pid: number; host: string }): MixnasError {
  const here = host === hostname();
  return new MixnasError(
    'bad-run',
    `${folder} is being written by process ${pid}${here ? '' : ` on ${host}`}.`,
    {
      remedy: `Wait for it, or stop it first. If that process is gone, or this is a copy of its folder, remove ${lockPath(folder)} and try again.`,
    },
  );
}

/**
 * Takes the lock of a run folder.
 * @throws MixnasError `bad-run` when a living process has it, `no-space` when it cannot be written.
 */
export function takeLock(folder: string): Lock {
  const path = lockPath(folder);
  const token = randomUUID();
  ownPart(path, 'file', 'bad-run');
  try {
    const own = writeOwn(`${path}.${token}`, folder, token);
    try {
      const copied = enter(folder, own);
      return heldLock(folder, token, copied);
    } finally {
      removeOwn(own);
    }
  } catch (error) {
    throw asDiskError(error, path) ?? error;
  }
}

/** Writes this process's lock under a name of its own. */
function writeOwn(path: string, folder: string, token: string): string {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    const inode = String(fstatSync(file, { bigint: true }).ino);
    const holder: Holder = { ...ownIdentity(), token, inode, folder: realpathSync(folder) };
    writeSync(file, canonicalJson(holder));
    // After a power cut an empty one would say that somebody has the run, and not who.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return path;
}

/** Puts one's own lock in the place of none, or of one whose process is gone. Returns whether the folder is a copy. */
function enter(folder: string, own: string): boolean {
  const path = lockPath(folder);
  if (isMade(own, path)) return false;
  // Before its text is read: what is judged must be what is replaced.
  const found = look(path);
  const holder = readHolder(path);
  if (!holder && isBeingWritten(path)) throw locked(folder, { pid: 0, host: hostname() });
  const verdict = holder ? judge(folder, holder) : 'gone';
  if (holder && verdict === 'writing') throw locked(folder, holder);
  replace(folder, own, found);
  return verdict === 'copied';
}

/** Without hard links a lock is empty for a moment. */
function isBeingWritten(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.size === 0 && Math.abs(Date.now() - stats.mtimeMs) < freshMs;
}

/** Gives a file a second name; false where that is taken. */
function isMade(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
  }
  // A file system without hard links: the name is taken at once, its text follows.
  return isCopiedTo(file, name);
}

function isCopiedTo(file: string, name: string): boolean {
  try {
    const made = openSync(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      const inode = String(fstatSync(made, { bigint: true }).ino);
      writeSync(made, canonicalJson({ ...readHolder(file), inode }));
    } finally {
      closeSync(made);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces a lock whose process is gone. Who does so first claims that very lock: two that found the same one cannot
 * both replace it, and a lock that was taken meanwhile is never moved away.
 */
function replace(folder: string, own: string, gone: BigIntStats | undefined): void {
  const path = lockPath(folder);
  if (!gone) return enterAgain(folder, own, path);
  const claim = `${path}.claim-${shortHash([String(gone.ino), String(gone.mtimeNs)])}`;
  if (!isMade(own, claim)) {
    const claimant = readHolder(claim);
    if (claimant && judge(folder, claimant) === 'writing') throw locked(folder, claimant);
    removeOwn(claim); // its process was killed on the way
    if (!isMade(own, claim)) throw locked(folder, readHolder(claim) ?? { pid: 0, host: hostname() });
  }
  try {
    const now = look(path);
    if (now && isSame(now, gone)) renameSync(own, path);
    else enterAgain(folder, own, path);
  } finally {
    removeOwn(claim);
  }
}

function enterAgain(folder: string, own: string, path: string): void {
  if (!isMade(own, path)) throw locked(folder, readHolder(path) ?? { pid: 0, host: hostname() });
}

function heldLock(folder: string, token: string, copied: boolean): Lock {
  const path = lockPath(folder);
  const holds = () => readHolder(path)?.token === token;
  const lost = () => {
    const other = liveWriter(folder);
    return other
      ? locked(folder, other)
      : new MixnasError('bad-run', `${path} is gone: another process has taken the run over.`);
  };
  if (!holds()) throw lost();
  let seen = look(path);
  const check = () => {
    const now = look(path);
    if (now && isSame(now, seen)) return;
    if (!holds()) throw lost();
    seen = now;
  };
  return {
    copied,
    check,
    release: () => {
      if (holds()) removeOwn(path);
    },
  };
}

const look = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false });

const isSame = (a: BigIntStats, b: BigIntStats | undefined) =>
  a.ino === b?.ino && a.dev === b.dev && a.mtimeNs === b.mtimeNs && a.size === b.size;
