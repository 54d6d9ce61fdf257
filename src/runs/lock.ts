/**
 * One writer a run: the file `lock` names the process that writes. Where there is no lock, or its process is
 * dead, a process writes itself in, waits, and has the lock if it still finds itself there: of two that
 * come at the same moment, the later one. The holder looks again at every sync, so that whatever a
 * suspended machine or a shared folder does, no two processes go on writing.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, asDiskError, canonicalJson } from '../base/index.js';

const holderSchema = z.strictObject({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When that process started, in the kernel's ticks: tells it from a later one of the same number. */
  started: z.string(),
});
type Holder = z.output<typeof holderSchema>;

/** The lock of one run, held by this process. */
export interface Lock {
  /** @throws MixnasError `bad-run` when another process has taken the run. */
  check(): void;
  release(): void;
}

const settleMs = 100;

/** Field 22 of /proc/<pid>/stat; empty where there is none, so that the number alone must do. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** Who is in the lock file: undefined when there is none, or none that can be read. */
function readHolder(path: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** The process that writes a run now, as far as it can be seen from this host. */
export function liveWriter(folder: string): { pid: number; host: string } | undefined {
  const holder = readHolder(join(folder, 'lock'));
  if (!holder || (holder.host === hostname() && !isAlive(holder))) return undefined;
  return { pid: holder.pid, host: holder.host };
}

function locked(folder: string, { pid, host }: { pid: number; host: string }): MixnasError {
  const here = host === hostname();
  return new MixnasError(
    'bad-run',
    `${folder} is being written by process ${pid}${here ? '' : ` on ${host}`}.`,
    {
      remedy: here
        ? 'Wait for it, or stop it first.'
        : `If that process is gone, remove ${join(folder, 'lock')} and try again.`,
    },
  );
}

/**
 * Takes the lock of a run folder.
 * @throws MixnasError `bad-run` when a living process has it, `no-space` when it cannot be written.
 */
export function takeLock(folder: string): Lock {
  const path = join(folder, 'lock');
  const text = canonicalJson({ pid: process.pid, host: hostname(), started: startOf(process.pid) });
  const holds = () => canonicalJson(readHolder(path)) === text;
  const check = () => {
    if (holds()) return;
    const other = liveWriter(folder);
    throw other
      ? locked(folder, other)
      : new MixnasError('bad-run', `${path} is gone: another process has taken the run over.`);
  };

  const other = liveWriter(folder);
  if (other) throw locked(folder, other);
  writeWhole(path, text);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settleMs);
  check();
  return {
    check,
    release: () => {
      if (holds()) rmSync(path, { force: true });
    },
  };
}

/** Replaces the lock file: a reader sees the old holder or the new one, never an empty file. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asDiskError(error, path) ?? error;
  }
}
