/** A run as its journal records it: entries folded, one by one, into rows of trials. */
import { bisect } from '../base/index.js';
import type { Command, JournalLine } from './journal/index.js';
import type { Manifest } from './contents.js';
import type { FinalistResult } from './finalists/index.js';
import { Row, RowShelf } from './rows/index.js';

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
  /** When it was paused, in ms since 1970; a pause that lasts has no end. */
  readonly pauses: readonly { readonly from: number; readonly to: number | undefined }[];
}

/** Something that the search was asked while it ran, and what became of it. */
export interface ControlRow {
  readonly id: string;
  readonly command: Command;
  /** `lost`: the search had ended before it looked. */
  readonly state: 'waiting' | 'taken' | 'refused' | 'lost';
  readonly reason: string | undefined;
  /** Undefined where the control file is gone. */
  readonly sentAt: number | undefined;
  /** When the search answered. */
  readonly answeredAt: number | undefined;
}

export interface WorkerRow {
  readonly worker: number;
  readonly pid: number | undefined;
  /** Of a fleet: its machine, and what it is called there. */
  readonly host: string | undefined;
  readonly name: string | undefined;
  /** How often it was lost. */
  readonly crashes: number;
  /** The trial it runs. */
  readonly trial: number | undefined;
}

const newWorker = (worker: number): WorkerRow => ({
  worker,
  pid: undefined,
  host: undefined,
  name: undefined,
  crashes: 0,
  trial: undefined,
});

/** The workers of other machines. */
export interface RunFleet {
  readonly hosts: number;
  readonly places: number;
  /** Trials that wait for a place. */
  readonly waiting: number;
}

/** Work before the trials or after them: steps of a supernet, or networks that are trained further or again. */
export interface RunPhase {
  readonly phase: 'supernet' | 'finetune' | 'finalists';
  readonly step: number;
  readonly steps: number;
  readonly loss: number | undefined;
}

/** How a session ended. */
export interface RunEnd {
  readonly reason:
    | 'trials'
    | 'time'
    | 'stopped'
    | 'interrupted'
    | 'exhausted'
    | 'target'
    | 'stagnation'
    | 'failed';
  readonly message: string | undefined;
  readonly at: number;
}

/** A state as a cache keeps it. */
export interface StatePack {
  readonly small: {
    readonly sessions: readonly { -readonly [K in keyof Session]: Session[K] }[];
    readonly workers: readonly (WorkerRow | null | undefined)[];
    readonly answers: readonly (JournalLine & { type: 'control' })[];
    readonly finalists: readonly FinalistResult[];
    readonly limits: Readonly<Record<string, number>>;
    readonly end: RunEnd | undefined;
    readonly phase: RunPhase | undefined;
    readonly lastAt: number;
    readonly running: readonly number[];
  };
  readonly rows: readonly Row[];
  readonly shelf: RowShelf;
}

/** Folds journal lines. A row that a reader has seen is replaced, not changed, so that it may be kept. */
export class RunState {
  readonly trials: Row[] = [];
  readonly sessions: { -readonly [K in keyof Session]: Session[K] }[] = [];
  readonly workers: WorkerRow[] = [];
  /** What the search has answered, in that order. */
  readonly answers: (JournalLine & { type: 'control' })[] = [];
  /** Further evaluations of members of the front, in the order in which they ended. */
  finalists: readonly FinalistResult[] = [];
  /** Latency limits that were tightened, by profile. */
  readonly limits: Record<string, number> = {};
  end: RunEnd | undefined;
  /** The latest of what is done before and after the trials. */
  phase: RunPhase | undefined;
  /** The latest that is known of the fleet; undefined where the workers are of this machine. */
  fleet: RunFleet | undefined;
  /** When the last line was written. */
  lastAt = 0;
  readonly #shelf: RowShelf;
  /** Rows that no reader has seen. */
  #unseen: Row[] = [];
  /** Trials that run. */
  readonly #running = new Set<number>();

  constructor(manifest: Manifest) {
    this.#shelf = new RowShelf(manifest.metrics);
  }

  /** All that was folded, for a cache: what is small as it is, the rows and their numbers apart. */
  pack(): StatePack {
    const { sessions, workers, answers, finalists, limits, end, phase, lastAt } = this;
    const small = {
      sessions,
      workers,
      answers,
      finalists,
      limits,
      end,
      phase,
      lastAt,
      running: [...this.#running],
    };
    return { small, rows: this.trials, shelf: this.#shelf };
  }

  /** Takes over what was packed, in a state that has folded nothing yet. */
  restore(small: StatePack['small'], fill: (shelf: RowShelf) => readonly Row[]): void {
    for (const row of fill(this.#shelf)) this.trials.push(row);
    this.sessions.push(...small.sessions);
    // JSON has no holes: a worker that has not begun is null there.
    small.workers.forEach((row, i) => {
      if (row) this.workers[i] = row;
    });
    this.answers.push(...small.answers);
    Object.assign(this.limits, small.limits);
    this.finalists = small.finalists;
    this.end = small.end;
    this.phase = small.phase;
    this.lastAt = small.lastAt;
    for (const id of small.running) this.#running.add(id);
  }

  /** The rows as they are now, for a reader: always the same list, for copies of 100,000 would add up. */
  look(): readonly Row[] {
    for (const row of this.#unseen) row.seen = true;
    this.#unseen = [];
    return this.trials;
  }

  #put(place: number, row: Row): void {
    this.trials[place] = row;
    this.#unseen.push(row);
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
        this.fleet = undefined;
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
          pauses: [],
        });
        return;
      case 'ask':
        this.#running.add(line.id);
        return this.#put(this.#placeOf(line.id), Row.begin(line, this.#shelf));
      case 'report':
        return this.#report(line);
      case 'rung':
        this.#changeRunning(line.id)?.rung(line);
        if (line.worker !== undefined) this.#freeWorker(line.worker);
        return;
      case 'tell':
        return this.#tell(line);
      case 'finalist': {
        const { id: trial, seed, state, values = {}, reason, seconds } = line;
        this.finalists = [...this.finalists, { trial, seed, state, values, reason, seconds }];
        return;
      }
      case 'worker': {
        const crashes = (this.workers[line.worker]?.crashes ?? 0) + (line.state === 'crashed' ? 1 : 0);
        const pid = line.state === 'crashed' || line.state === 'left' ? undefined : line.pid;
        this.#setWorker(line.worker, { pid, host: line.host, name: line.name, crashes });
        return;
      }
      case 'fleet':
        this.fleet = { hosts: line.hosts, places: line.places, waiting: line.waiting };
        return;
      case 'control':
        this.answers.push(line);
        if (line.state === 'taken') this.#command(line);
        return;
      case 'phase':
        this.phase = { phase: line.phase, step: line.step, steps: line.steps, loss: line.loss };
        return;
      case 'int8':
        this.#rowToChange(line.id)?.quantized(line);
        return;
      case 'end':
        this.#interruptRunning();
        this.end = { reason: line.reason, message: line.message, at: line.t };
        return;
    }
  }

  #command({ command, t }: JournalLine & { type: 'control' }): void {
    const session = this.sessions.at(-1);
    if (command.type === 'limit') this.limits[command.profile] = command.ms;
    if (!session) return;
    const last = session.pauses.at(-1);
    const paused = last !== undefined && last.to === undefined;
    if (command.type === 'trials') session.trials = command.trials;
    if (command.type === 'time') session.seconds = command.seconds;
    if (command.type === 'pause' && !paused) session.pauses = [...session.pauses, { from: t, to: undefined }];
    if (command.type === 'continue' && paused) {
      session.pauses = [...session.pauses.slice(0, -1), { from: last.from, to: t }];
    }
  }

  #report(line: JournalLine & { type: 'report' }): void {
    this.#changeRunning(line.id)?.report(line);
    this.#setWorker(line.worker, { trial: line.id });
  }

  #tell(line: JournalLine & { type: 'tell' }): void {
    this.#running.delete(line.id);
    this.#rowToChange(line.id)?.tell(line);
    if (line.worker !== undefined) this.#freeWorker(line.worker);
  }

  #freeWorker(worker: number): void {
    const row = this.workers[worker];
    if (!row || row.trial !== undefined) this.#setWorker(worker, { trial: undefined });
  }

  #interruptRunning(): void {
    for (const id of this.#running) {
      const row = this.#rowToChange(id);
      if (row?.state === 'running') row.interrupt();
    }
    this.#running.clear();
  }

  /** The row of a trial that runs from now on: it may have been interrupted at a rung. */
  #changeRunning(id: number): Row | undefined {
    const row = this.#rowToChange(id);
    if (row) this.#running.add(id);
    return row;
  }

  /** Whether a trial was asked for. */
  has(id: number): boolean {
    return this.trials[this.#placeOf(id)]?.id === id;
  }

  /** Whether a trial is complete, pruned or failed for good. */
  hasEnded(id: number): boolean {
    const row = this.trials[this.#placeOf(id)];
    return row?.id === id && row.endedAt !== undefined && row.fault === undefined;
  }

  /** Whether a trial was evaluated again with this further seed. */
  hasFinalist(id: number, seed: number): boolean {
    return this.finalists.some((one) => one.trial === id && one.seed === seed);
  }

  /** Whether a trial is complete. */
  isComplete(id: number): boolean {
    const row = this.trials[this.#placeOf(id)];
    return row?.id === id && row.state === 'complete';
  }

  /** Steps at the last rung of a trial; 0 before the first. */
  rungOf(id: number): number {
    return this.trials[this.#placeOf(id)]?.rungs.at(-1)?.step ?? 0;
  }

  /** The place of the first trial with an id of at least `id`; ids only ever grow. */
  #placeOf(id: number): number {
    // Mostly none is missing: then a trial is as far from the first one as its number says.
    const likely = id - (this.trials[0]?.id ?? id);
    if (this.trials[likely]?.id === id) return likely;
    if ((this.trials.at(-1)?.id ?? -1) < id) return this.trials.length;
    return bisect(this.trials.length, (place) => (this.trials[place] as Row).id < id);
  }

  /** The row of a trial, not yet seen by any reader; undefined where its `ask` could not be read. */
  #rowToChange(id: number): Row | undefined {
    const place = this.#placeOf(id);
    const row = this.trials[place];
    if (row?.id !== id) return undefined;
    if (row.seen) this.#put(place, row.copy());
    return this.trials[place];
  }

  #setWorker(worker: number, update: Partial<WorkerRow>): void {
    const before = this.workers[worker] ?? newWorker(worker);
    this.workers[worker] = { ...before, ...update };
  }
}
