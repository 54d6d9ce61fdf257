/** This process's end of its guard: one for all programs that it runs, started with the first. */
import type { ChildProcess } from 'node:child_process';
import { startModule } from '../../base/index.js';
import { markName } from './groups.js';

/** A program that ends with this process, however this process ends. */
export interface Guarded {
  /** What its environment must hold. */
  readonly env: Readonly<Record<string, string>>;
  /** It runs, as the leader of a process group. */
  started(pid: number): void;
  /** It was ended: what has left its group is ended as well. */
  killed(): void;
  /** It is over; what it may have left behind on purpose stays. */
  ended(): void;
}

/** A guard that ends sooner than this may not start here: it is tried again, but not at once. */
const restartAfterMs = 1000;

/** The programs that run, by mark. */
const running = new Map<string, number | undefined>();
let guard: ChildProcess | undefined;
let count = 0;

function start(): ChildProcess {
  const startedAt = performance.now();
  const child = startModule(new URL('./guard.js', import.meta.url), {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own, and no mark of a program that this process may itself be part of.
    detached: true,
    env: { [markName]: '' },
  });
  // It does not keep this process alive.
  child.unref();
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  child.stdin?.on('error', () => {});
  const gone = () => {
    if (guard !== child) return;
    guard = undefined;
    if (running.size === 0) return;
    if (performance.now() - startedAt > restartAfterMs) ask();
    else setTimeout(() => running.size > 0 && ask(), restartAfterMs).unref();
  };
  child.once('error', gone);
  child.once('exit', gone);
  for (const [mark, pid] of running) child.stdin?.write(linesOf(mark, pid));
  return child;
}

const linesOf = (mark: string, pid: number | undefined) =>
  `start ${mark}\n${pid === undefined ? '' : `group ${mark} ${pid}\n`}`;

/** The guard, started where there is none. */
function ask(): ChildProcess {
  return (guard ??= start());
}

/** Announces a program that is about to start. */
export function guarded(): Guarded {
  const mark = `${process.pid}-${Date.now()}.${count++}`;
  ask().stdin?.write(linesOf(mark, undefined));
  running.set(mark, undefined);
  return {
    env: { [markName]: mark },
    started(pid) {
      running.set(mark, pid);
      ask().stdin?.write(`group ${mark} ${pid}\n`);
    },
    killed: () => void ask().stdin?.write(`kill ${mark}\n`),
    ended() {
      running.delete(mark);
      guard?.stdin?.write(`end ${mark}\n`);
    },
  };
}
