/** Which processor cores this process may use. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** How many workers make full use of this machine: one a core. */
export function defaultWorkers(): number {
  return availableParallelism();
}

/** The numbers of the allowed cores (Linux: `Cpus_allowed_list`, such as `0-3,8`); 0, 1, ... elsewhere. */
export function allowedCores(): number[] {
  const list = allowedList();
  if (list === undefined) return Array.from({ length: availableParallelism() }, (_, i) => i);
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

function allowedList(): string | undefined {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
