/** How processes end that evaluate: by their own doing, or from outside, which is no fault of what they evaluate. */
import { readFileSync } from 'node:fs';

/** Signals that someone sends, or the system where memory runs out; a crash of native code has others. */
const outside: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGPWR']);

export const isFromOutside = (signal: string | null | undefined): boolean =>
  signal !== null && signal !== undefined && outside.has(signal);

/** Counters of processes that were ended for lack of memory: of this container where it has one, of the system. */
const counters = ['/sys/fs/cgroup/memory.events', '/proc/vmstat'];

/** How many processes the system has ended for lack of memory; undefined where it does not say. */
export function memoryKills(files: readonly string[] = counters): number | undefined {
  for (const file of files) {
    try {
      const found = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
      if (found !== undefined) return Number(found);
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Takes note of the memory kills now; the result says, as the end of a sentence, whether there were more since. */
export function watchMemory(files?: readonly string[]): () => string {
  const before = memoryKills(files);
  return () => {
    const now = memoryKills(files);
    const more = before !== undefined && now !== undefined && now > before;
    return more ? ', while the system ended processes for lack of memory' : '';
  };
}
