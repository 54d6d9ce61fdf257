/** A run as its journal tells it: entries folded, one by one, into rows of trials. */
import type { Manifest } from './contents.js';
import type { JournalLine } from './entries.js';
import { Row } from './trial-row.js';

/** A process that wrote the run. */
export interface Session {
  readonly startedAt: number;
  /** When its last line was written. */
  readonly lastAt: number;
  readonly version: string;
  readonly host: string;
  readonly resumed: boolean;
  readonly workers: number;
  readonly backend: string;
  readonly trials: number;
  readonly seconds: number | undefined;
}

export interface WorkerRow {
  readonly worker: number;
  readonly pid: number | undefined;
  /** How often it was lost. */
  readonly crashes: number;
  /** The trial it runs. */
  readonly trial: number | undefined;
}

/** How a session ended. */
export interface RunEnd {
  readonly reason: 'trials' | 'time' | 'interrupted' | 'exhausted' | 'failed';
  readonly message: string | undefined;
  readonly at: number;
}

/** Folds journal lines. A row that a reader has seen is replaced, not changed, so that it may be kept. */
export class RunState {
  readonly trials: Row[] = [];
  readonly sessions: { -readonly [K in keyof Session]: Session[K] }[] = [];
  readonly workers: WorkerRow[] = [];
  end: RunEnd | undefined;
  /** When the last line was written. */
  lastAt = 0;
  readonly #metrics: readonly string[];

  constructor(manifest: Manifest) {
    this.#metrics = manifest.metrics;
  }

  /** The rows as they are now, for a reader. */
  look(): Row[] {
    for (const row of this.trials) row.seen = true;
    return this.trials.slice();
  }

  apply(line: JournalLine): void {
    this.lastAt = line.t;
    const session = this.sessions.at(-1);
    if (session && line.type !== 'session') session.lastAt = line.t;
    switch (line.type) {
      case 'session':
        this.#interruptRunning();
        this.end = undefined;
        this.workers.length = 0;
        this.sessions.push({
          startedAt: line.t,
          lastAt: line.t,
          version: line.version,
          host: line.host,
          resumed: line.resumed,
          workers: line.workers,
          backend: line.backend,
          trials: line.trials,
          seconds: line.seconds,
        });
        return;
      case 'ask':
        this.trials[this.#placeOf(line.id)] = new Row(line, this.#metrics);
        return;
      case 'report':
        return this.#report(line);
      case 'tell':
        return this.#tell(line);
      case 'worker': {
        const crashes = (this.workers[line.worker]?.crashes ?? 0) + (line.state === 'crashed' ? 1 : 0);
        this.#setWorker(line.worker, { pid: line.state === 'crashed' ? undefined : line.pid, crashes });
        return;
      }
      case 'end':
        this.#interruptRunning();
        this.end = { reason: line.reason, message: line.message, at: line.t };
        return;
    }
  }

  #report(line: JournalLine & { type: 'report' }): void {
    this.#rowToChange(line.id)?.report(line);
    this.#setWorker(line.worker, { trial: line.id });
  }

  #tell(line: JournalLine & { type: 'tell' }): void {
    this.#rowToChange(line.id)?.tell(line);
    if (line.worker !== undefined) this.#setWorker(line.worker, { trial: undefined });
  }

  #interruptRunning(): void {
    for (const { id, state } of this.trials) if (state === 'running') this.#rowToChange(id)?.interrupt();
  }

  /** The place of the first trial with an id of at least `id`; ids only ever grow. */
  #placeOf(id: number): number {
    let low = 0;
    let high = this.trials.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.trials[middle] as Row).id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The row of a trial, not yet seen by any reader; undefined where its `ask` could not be read. */
  #rowToChange(id: number): Row | undefined {
    const place = this.#placeOf(id);
    const row = this.trials[place];
    if (row?.id !== id) return undefined;
    if (row.seen) this.trials[place] = row.copy();
    return this.trials[place];
  }

  #setWorker(worker: number, update: Partial<WorkerRow>): void {
    const before = this.workers[worker] ?? { worker, pid: undefined, crashes: 0, trial: undefined };
    this.workers[worker] = { ...before, ...update };
  }
}
