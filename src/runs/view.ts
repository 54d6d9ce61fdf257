/** A run as its readers see it: the dashboard, the report, `resume`. Reading never disturbs the writer. */
import { closeSync, constants, readSync } from 'node:fs';
import { join } from 'node:path';
import { openRegular } from '../base/index.js';
import { leastCached, loadCache, saveCache } from './cache/index.js';
import { BrokenLines } from './broken-lines.js';
import { type RunContents, readContents } from './contents.js';
import { type BrokenLine, type JournalLine, JournalReader } from './journal/index.js';
import { LineCheck } from './line-check.js';
import { ControlReader, type ControlRequest } from './control.js';
import { liveWriter } from './lock-holder.js';
import { findRun } from './names.js';
import {
  type ControlRow,
  type RunEnd,
  type RunFleet,
  type RunPhase,
  RunState,
  type Session,
  type WorkerRow,
} from './run-state.js';
import type { FinalistResult } from './finalists/index.js';
import type { TrialRow } from './rows/index.js';

/** A run at one moment; plain data, but for the list of trials. Its config has the limits and the number of trials that are in force. */
export interface RunView extends RunContents {
  readonly folder: string;
  readonly name: string;
  /** In the order of asking. While a run is followed it is one list that grows, in which rows are replaced. */
  readonly trials: readonly TrialRow[];
  /** Further evaluations of members of the front, in the order in which they ended; see `finalistsOf`. */
  readonly finalists: readonly FinalistResult[];
  readonly sessions: readonly Session[];
  /** The workers of the last session. */
  readonly workers: readonly WorkerRow[];
  /** The fleet of the last session, as it was last seen; undefined where the workers are of its machine. */
  readonly fleet: RunFleet | undefined;
  /** What the search was asked while it ran: what it has answered first, then what waits. */
  readonly controls: readonly ControlRow[];
  /** Whether the search is paused: it starts no new trials until it is asked to continue. */
  readonly paused: boolean;
  /** What is or was last done before or after the trials. */
  readonly phase: RunPhase | undefined;
  /** How the last session ended; undefined while it runs, and where it was killed. */
  readonly ended: RunEnd | undefined;
  /** Whether a process is writing the run, as far as it can be seen from here. */
  readonly live: boolean;
  /** What is wrong with the run folder, one sentence each. */
  readonly problems: readonly string[];
  /** When the last journal line was written, in ms since 1970; 0 in a new run. */
  readonly lastAt: number;
}

/** Small enough that the text of a piece is short-lived: larger ones make the heap grow. */
const chunkBytes = 1 << 16;

/**
 * Reads a file from `from` to its present end, a piece at a time. The piece is only lent.
 * @param until when to stop, by `performance.now`.
 * @returns whether the end was reached.
 */
export function readFrom(
  path: string,
  from: number,
  take: (chunk: Buffer) => void,
  until = Number.POSITIVE_INFINITY,
): boolean {
  const { file } = openRegular(path, constants.O_RDONLY, { code: 'bad-run', own: true });
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let at = from, read = 1; read > 0; at += read) {
      read = readSync(file, chunk, 0, chunk.length, at);
      take(chunk.subarray(0, read));
      if (read > 0 && performance.now() >= until) return false;
    }
    return true;
  } finally {
    closeSync(file);
  }
}

/** What a follower keeps from one poll of the run to the next. */
export class RunReading {
  readonly folder: string;
  readonly contents: RunContents;
  readonly reader = new JournalReader();
  readonly broken = new BrokenLines();
  /** Whether numbers come twice: two processes have written the journal. */
  doubled = false;
  /** Bytes of the journal that a cache holds. */
  cachedBytes = 0;
  /** The highest number of a line so far. */
  #highest = 0;
  readonly #check: LineCheck;
  readonly #control: ControlReader;
  readonly #requests = new Map<string, ControlRequest>();
  readonly #state: RunState;

  /**
   * @param cached whether to begin with what a cache next to the journal holds of it.
   * @throws MixnasError `bad-run` when the folder is not a run that can be read.
   */
  constructor(folder: string, cached = false) {
    this.folder = folder;
    this.contents = readContents(folder);
    this.#control = new ControlReader(folder, 'start');
    this.#state = new RunState(this.contents.manifest);
    this.#check = new LineCheck(this.contents.manifest, this.#state);
    const cache = cached ? loadCache(this.journal, this.contents.manifest) : undefined;
    if (!cache) return;
    this.#state.restore(cache.small, cache.fill);
    Object.assign(this.reader, cache.reader);
    this.#highest = cache.reader.lines;
    this.cachedBytes = cache.reader.bytes;
  }

  /** Writes a cache of what was read, step by step; undefined where that is no use, or not allowed. */
  saveSteps(): Generator<undefined, boolean> | undefined {
    // What is wrong with a journal is found by reading it.
    if (this.broken.count > 0 || this.doubled) return undefined;
    const { bytes, lines, lastLine } = this.reader;
    if (bytes - this.cachedBytes < leastCached) return undefined;
    this.cachedBytes = bytes;
    return saveCache(this.journal, this.contents.manifest, { bytes, lines, lastLine }, this.#state.pack());
  }

  get journal(): string {
    return join(this.folder, 'journal.jsonl');
  }

  /** Whether the search was asked something since the last poll. */
  hasRequests(): boolean {
    return this.#control.hasGrown();
  }

  /**
   * Takes what was appended since the last poll.
   * @param taken is handed each line that counts.
   * @param until when to stop and leave the rest for the next time, by `performance.now`.
   * @returns whether that was anything, and whether it was all.
   */
  advance(
    taken?: (line: JournalLine) => void,
    until?: number,
  ): { readonly grown: boolean; readonly done: boolean } {
    const before = this.reader.bytes;
    const restBefore = this.reader.restBytes;
    this.reader.dropRest(); // it may have been a torn line that a recovery has cut off since
    const done = readFrom(
      this.journal,
      before,
      (chunk) =>
        this.reader.feed(
          chunk,
          (line) => {
            if (!this.doubled || !this.#check.isRepeat(line)) this.#take(line, this.reader.lines, taken);
          },
          (line) => this.#takeBroken(line, taken),
        ),
      until,
    );
    const requests = this.#control.read();
    for (const request of requests) this.#requests.set(request.id, request);
    const { bytes, restBytes } = this.reader;
    return { grown: bytes > before || restBytes !== restBefore || requests.length > 0, done };
  }

  #take(line: JournalLine, place: number, taken?: (line: JournalLine) => void): void {
    this.#highest = Math.max(this.#highest, line.n);
    const message = this.#check.fault(line);
    if (message !== undefined) return this.broken.push({ line: place, message, whole: true });
    this.#state.apply(line);
    taken?.(line);
  }

  /** A line whose number was there before is sound but for that: another process wrote at the same time. */
  #takeBroken(broken: BrokenLine, taken?: (line: JournalLine) => void): void {
    const { entry, line } = broken;
    if (entry && entry.n <= this.#highest) this.doubled = true;
    if (!entry || !this.doubled) return this.broken.push(broken);
    if (!this.#check.isRepeat(entry)) this.#take(entry, line, taken);
  }

  view(): RunView {
    const { sessions, workers, fleet, end, phase, lastAt } = this.#state;
    const live = liveWriter(this.folder) !== undefined;
    const torn =
      this.reader.restBytes > 0 && !live ? ['The last journal line is torn; `resume` cuts it off.'] : [];
    const doubled = this.doubled
      ? ['Two processes have written the journal at once; `resume` puts it in order and keeps the original.']
      : [];
    return {
      ...this.contents,
      config: this.#configInForce(),
      folder: this.folder,
      name: this.contents.manifest.name,
      trials: this.#state.look(),
      finalists: this.#state.finalists,
      sessions: sessions.map((session) => ({ ...session })),
      workers: workers.filter((row) => row !== undefined),
      fleet,
      controls: this.#controls(live),
      paused: live && sessions.at(-1)?.pauses.some(({ to }) => to === undefined) === true,
      phase,
      ended: end,
      live,
      problems: [...this.broken.problems(), ...doubled, ...torn],
      lastAt,
    };
  }

  #configInForce(): RunContents['config'] {
    const { config } = this.contents;
    const { sessions, limits } = this.#state;
    const trials = sessions.at(-1)?.trials ?? config.budget.trials;
    return {
      ...config,
      limits: { ...config.limits, latencyMs: { ...config.limits.latencyMs, ...limits } },
      budget: { ...config.budget, trials },
    };
  }

  #controls(live: boolean): ControlRow[] {
    const { answers, sessions } = this.#state;
    const answered = answers.map(
      ({ id, command, state, reason, t }): ControlRow => ({
        id,
        command,
        state,
        reason,
        sentAt: this.#requests.get(id)?.t,
        answeredAt: t,
      }),
    );
    const known = new Set(answers.map(({ id }) => id));
    const since = sessions.at(-1)?.startedAt ?? 0;
    const open = [...this.#requests.values()].filter(({ id }) => !known.has(id));
    return [
      ...answered,
      ...open.map(
        ({ id, command, t }): ControlRow => ({
          id,
          command,
          state: live && t >= since ? 'waiting' : 'lost',
          reason: undefined,
          sentAt: t,
          answeredAt: undefined,
        }),
      ),
    ];
  }
}

/**
 * Reads a run as it is now.
 * @param pathOrName its folder, or its name in the runs folder.
 * @throws MixnasError `bad-run` when there is no such run, or it cannot be read.
 */
export function readRun(pathOrName: string, root?: string): RunView {
  const reading = new RunReading(findRun(pathOrName, root));
  reading.advance();
  return reading.view();
}
