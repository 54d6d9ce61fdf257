/** Who holds the lock of a run, and whether that process can still be writing. */
import { readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, shortHash, sizeLimits } from '../base/index.js';

const holderSchema = z.strictObject({
  pid: z.number().int().positive(),
  host: z.string(),
  /** When that process started, in the system's ticks: sets it apart from a later one of the same number. */
  started: z.string(),
  /** The start of its system, its machine and its space of process numbers; locks of mixnas 0.1 have none. */
  boot: z.string().optional(),
  machine: z.string().optional(),
  pids: z.string().optional(),
  /** Says which of its locks this is. */
  token: z.string().optional(),
  /** The number of the lock's file, and the folder it was made in: a copy of the folder has neither. */
  inode: z.string().optional(),
  folder: z.string().optional(),
});
export type Holder = z.output<typeof holderSchema>;

export const lockPath = (folder: string): string => join(folder, 'lock');

/** Who is in the lock file: undefined when there is none, or none that can be read. */
export function readHolder(path: string): Holder | undefined {
  try {
    const data = readJsonFile(path, 'bad-run', { own: true, limit: sizeLimits.note });
    return holderSchema.safeParse(data).data;
  } catch {
    return undefined;
  }
}

/** What the system says; empty where it says nothing. */
function answerOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat; empty where there is none, so that the number alone must do. */
function startOf(pid: number): string {
  return answerOf(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

/** This process, as a lock names it. */
export function ownIdentity(): Omit<Holder, 'token' | 'inode' | 'folder'> {
  const machine = answerOf(() => readFileSync('/etc/machine-id', 'latin1'));
  return {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    boot: answerOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    // Hashed: the system asks that its number is not given to others.
    machine: machine === '' ? '' : shortHash(`mixnas ${machine}`),
    pids: answerOf(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether two answers of the system contradict each other; no answer contradicts none. */
const differ = (a: string | undefined, b: string | undefined) => Boolean(a) && Boolean(b) && a !== b;

/** Whether a process of this number, and no later one, lives here. */
function livesHere({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

/** Whether the lock lies in a copy of the folder that its process writes. */
function isCopied(folder: string, holder: Holder): boolean {
  if (holder.inode === undefined || holder.folder === undefined) return false;
  const stats = statSync(lockPath(folder), { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && String(stats.ino) !== holder.inode && realpathSync(folder) !== holder.folder;
}

/**
 * What a holder can still do: `writing` also where that cannot be seen from here; `gone` when its process has ended;
 * `copied` when it writes another folder, of which this one is a copy.
 */
export function judge(folder: string, holder: Holder): 'writing' | 'gone' | 'copied' {
  const me = ownIdentity();
  if (holder.host !== me.host || differ(holder.machine, me.machine)) return 'writing';
  // The system was started again since.
  if (differ(holder.boot, me.boot)) return 'gone';
  // Another container: its numbers of processes are not ours.
  if (differ(holder.pids, me.pids)) return 'writing';
  if (!livesHere(holder)) return 'gone';
  return isCopied(folder, holder) ? 'copied' : 'writing';
}

/** The process that writes a run now, as far as it can be seen from this host. */
export function liveWriter(folder: string): { pid: number; host: string } | undefined {
  const holder = readHolder(lockPath(folder));
  return holder && judge(folder, holder) === 'writing' ? { pid: holder.pid, host: holder.host } : undefined;
}
