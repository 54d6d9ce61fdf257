/**
 * Control groups of Linux, version 1 or 2, where this process may make one: the system itself then ends what takes
 * more memory than it is given, before the machine swaps.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A group of processes with a limit of memory. */
export interface MemoryGroup {
  /** Puts a process into it; what it starts from then on is in it, too. */
  add(pid: number): void;
  /** How many of its processes the system has ended, since they were past the limit. */
  kills(): number;
  /** Removes it, once its processes are gone. */
  remove(): void;
}

interface Hierarchy {
  readonly folder: string;
  readonly limit: string;
  readonly events: string;
}

/** Where groups below that of this process are made. */
function hierarchies(): Hierarchy[] {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [number = '', controllers = '', ...rest] = line.split(':');
    const own = rest.join(':');
    if (controllers.split(',').includes('memory'))
      return [
        {
          folder: join('/sys/fs/cgroup/memory', own),
          limit: 'memory.limit_in_bytes',
          events: 'memory.oom_control',
        },
      ];
    const unified = number === '0' && controllers === '';
    return unified
      ? [{ folder: join('/sys/fs/cgroup', own), limit: 'memory.max', events: 'memory.events' }]
      : [];
  });
}

/** A group that may take so much memory; undefined where the system has none, or this process may not make one. */
export function makeMemoryGroup(name: string, bytes: number): MemoryGroup | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    for (const { folder, limit, events } of hierarchies()) {
      const group = join(folder, name);
      mkdirSync(group);
      // Without this file the group has no limit to set: its parent does not hand memory down.
      if (!existsSync(join(group, limit))) {
        rmdirSync(group);
        continue;
      }
      writeFileSync(join(group, limit), String(Math.round(bytes)));
      return {
        add: (pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid)),
        kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(group, events), 'utf8'))?.[1] ?? 0),
        remove: () => {
          try {
            rmdirSync(group);
          } catch {
            // A process is still ending; the empty group is the system's to forget.
          }
        },
      };
    }
  } catch {
    // Not allowed.
  }
  return undefined;
}
