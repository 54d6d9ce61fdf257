/** A run as its journal tells it: entries folded, one by one, into rows of trials. */
import type { Manifest } from './contents.js';
import { type JournalLine, decodeGenome } from './entries.js';

/** One point of a learning curve. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  /** On the held-out validation images, where it was measured there. */
  readonly accuracy?: number;
}

/** `interrupted`: it was running when the run ended; it runs again when the run is resumed. */
export type RowState = 'running' | 'complete' | 'pruned' | 'failed' | 'interrupted';

/** A trial as a run's readers see it. */
export interface TrialRow {
  readonly id: number;
  /** Choice indices in the run's space. */
  readonly genome: Uint8Array;
  readonly origin: string;
  readonly parents: readonly number[];
  /** Metrics known before it was evaluated, by name. */
  readonly known: Readonly<Record<string, number>>;
  /** Metrics found by evaluating it. */
  readonly values: Readonly<Record<string, number>>;
  readonly state: RowState;
  /** Why it failed or was pruned. */
  readonly reason: string | undefined;
  /** Milliseconds since 1970, by the writer's clock, which may jump. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** How long its evaluation took. */
  readonly seconds: number | undefined;
  readonly worker: number | undefined;
  /** Progress while it runs; steps is 0 before the first report. */
  readonly step: number;
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
}

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

/** A metric of a trial, whether it was known before or found by evaluating. */
export function metricOf(row: Pick<TrialRow, 'known' | 'values'>, metric: string): number | undefined {
  return row.values[metric] ?? row.known[metric];
}

const noValues = {};
const noParents: readonly number[] = [];
const noCurve: readonly CurvePoint[] = [];

/** Folds journal lines. Rows are replaced, never changed, so that a reader may keep one. */
export class RunState {
  readonly trials: TrialRow[] = [];
  readonly sessions: { -readonly [K in keyof Session]: Session[K] }[] = [];
  readonly workers: WorkerRow[] = [];
  end: RunEnd | undefined;
  /** When the last line was written. */
  lastAt = 0;
  readonly #metrics: readonly string[];
  readonly #places = new Map<number, number>();
  readonly #running = new Set<number>();

  constructor(manifest: Manifest) {
    this.#metrics = manifest.metrics;
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
        return this.#ask(line);
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

  #ask(line: JournalLine & { type: 'ask' }): void {
    const known: Record<string, number> = {};
    for (const [i, metric] of this.#metrics.entries()) known[metric] = line.known[i] as number;
    const place = this.#places.get(line.id) ?? this.trials.length;
    this.#places.set(line.id, place);
    this.#running.add(line.id);
    this.trials[place] = {
      id: line.id,
      genome: decodeGenome(line.genome),
      origin: line.origin,
      parents: line.parents ?? noParents,
      known,
      values: noValues,
      state: 'running',
      reason: undefined,
      startedAt: line.t,
      endedAt: undefined,
      seconds: undefined,
      worker: undefined,
      step: 0,
      steps: 0,
      curve: noCurve,
    };
  }

  #report(line: JournalLine & { type: 'report' }): void {
    const { step, steps, loss, accuracy, worker } = line;
    this.#change(line.id, (row) => {
      const point =
        loss === undefined ? [] : [{ step, loss, ...(accuracy === undefined ? {} : { accuracy }) }];
      return { step, steps, worker, curve: [...row.curve, ...point] };
    });
    this.#setWorker(worker, { trial: line.id });
  }

  #tell(line: JournalLine & { type: 'tell' }): void {
    this.#running.delete(line.id);
    this.#change(line.id, (row) => ({
      state: line.state,
      values: line.values ?? noValues,
      reason: line.reason,
      seconds: line.seconds,
      endedAt: line.t,
      worker: line.worker ?? row.worker,
      step: row.steps,
      curve: line.curve ? line.curve.map(curvePoint) : noCurve,
    }));
    if (line.worker !== undefined) this.#setWorker(line.worker, { trial: undefined });
  }

  #interruptRunning(): void {
    for (const id of this.#running) this.#change(id, () => ({ state: 'interrupted' }));
    this.#running.clear();
  }

  /** A line about a trial whose `ask` could not be read changes nothing. */
  #change(id: number, update: (row: TrialRow) => Partial<TrialRow>): void {
    const place = this.#places.get(id);
    const row = place === undefined ? undefined : this.trials[place];
    if (row && place !== undefined) this.trials[place] = { ...row, ...update(row) };
  }

  #setWorker(worker: number, update: Partial<WorkerRow>): void {
    const before = this.workers[worker] ?? { worker, pid: undefined, crashes: 0, trial: undefined };
    this.workers[worker] = { ...before, ...update };
  }
}

function curvePoint([step, loss, accuracy]: readonly number[]): CurvePoint {
  return { step: step as number, loss: loss as number, ...(accuracy === undefined ? {} : { accuracy }) };
}
