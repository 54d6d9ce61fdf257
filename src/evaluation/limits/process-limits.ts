/** Limits of memory and time of each trial, by the process that runs it. */
import { formatBytes } from '../../base/index.js';
import { type MemoryGroup, makeMemoryGroup } from './cgroup.js';
import { memoryOfTree } from './process-memory.js';

/** What a trial may take at most; what is left out is not limited. */
export interface TrialLimits {
  /** Megabytes of the process that runs it, with all that it has started. */
  readonly memory?: number | undefined;
  readonly seconds?: number | undefined;
}

/** Between two looks at the memory of a process. */
const lookMs = 250;
const megabyte = 1e6;
/** The longest time that a timer of Node takes: 24 days. */
const longestMs = 2 ** 31 - 1;

let groups = 0;

/** Watches one process, trial after trial; what takes more than it may is ended, and its trial alone has failed. */
export class ProcessLimits {
  readonly #pid: number;
  readonly #limits: TrialLimits;
  readonly #kill: () => void;
  #group: MemoryGroup | undefined;
  #timers: NodeJS.Timeout[] = [];
  #past: string | undefined;

  /**
   * @param kill ends the process and all that it has started.
   * @param makeGroup makes a group of the system, where there is one; else the process is watched.
   */
  constructor(pid: number, limits: TrialLimits, kill: () => void, makeGroup = makeMemoryGroup) {
    this.#pid = pid;
    this.#limits = limits;
    this.#kill = kill;
    const { memory } = limits;
    if (memory === undefined) return;
    const group = makeGroup(`mixnas-${process.pid}-${++groups}`, memory * megabyte);
    try {
      group?.add(pid);
      this.#group = group;
    } catch {
      group?.remove(); // the process has ended, or may not be moved: it is watched
    }
  }

  /** A trial begins. */
  begin(): void {
    const { seconds, memory } = this.#limits;
    if (seconds !== undefined) {
      const late = () => this.#end(this.#killed() ?? `longer than ${seconds} s`);
      this.#timers.push(setTimeout(late, Math.min(seconds * 1000, longestMs)));
    }
    if (memory !== undefined) {
      this.#timers.push(setInterval(() => void this.#look(memory * megabyte), lookMs));
    }
  }

  /** A trial is over, or the process is. Returns what it took, where that was past a limit: `more than 2 GB of memory`. */
  end(): string | undefined {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    return this.#past ?? this.#killed();
  }

  /** The process is gone. */
  close(): void {
    this.#past = this.end();
    this.#group?.remove();
    this.#group = undefined;
  }

  /** What was too much, where the system has ended a process of the group. */
  #killed(): string | undefined {
    const { memory } = this.#limits;
    return memory !== undefined && (this.#group?.kills() ?? 0) > 0 ? tooMuch(memory * megabyte) : undefined;
  }

  async #look(limit: number): Promise<void> {
    // The system may have ended a child only, for which its parent waits.
    const killed = this.#killed();
    if (killed !== undefined) this.#end(killed);
    else if (!this.#group && (await memoryOfTree(this.#pid).catch(() => 0)) > limit)
      this.#end(tooMuch(limit));
  }

  #end(reason: string): void {
    if (this.#timers.length === 0 || this.#past !== undefined) return;
    this.#past = reason;
    this.#kill();
  }
}

const tooMuch = (limit: number) => `more than ${formatBytes(limit)} of memory`;
