/** How many trials a run asks for now and how many are finished, without reading what became of each. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFrom } from './view.js';

const budgetMark = Buffer.from('"trials":');
/** Within a text a quotation mark has a backslash before it: no reason of a failure looks like this. */
const endMark = Buffer.from('"type":"tell"');
const lineEnd = 10;

export interface Tally {
  /** The number of trials in force; undefined where the journal does not say. */
  readonly trials: number | undefined;
  /** Trials with an end: complete, pruned or failed. */
  readonly finished: number;
}

/** Looks through a journal for its number of trials and their ends; what it has seen it does not read again. */
export class TallyReader {
  readonly #journal: string;
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);
  #trials: number | undefined;
  #finished = 0;

  constructor(folder: string) {
    this.#journal = join(folder, 'journal.jsonl');
  }

  read(): Tally {
    if (existsSync(this.#journal)) {
      if (statSync(this.#journal).size < this.#at) {
        [this.#at, this.#rest, this.#trials, this.#finished] = [0, Buffer.alloc(0), undefined, 0];
      }
      readFrom(this.#journal, this.#at, (chunk) => this.#feed(chunk));
    }
    return { trials: this.#trials, finished: this.#finished };
  }

  #feed(chunk: Buffer): void {
    this.#at += chunk.length;
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.lastIndexOf(lineEnd) + 1;
    for (const at of placesOf(budgetMark, bytes, whole)) {
      const start = bytes.lastIndexOf(lineEnd, at) + 1;
      this.#trials = trialsOf(bytes.toString('utf8', start, bytes.indexOf(lineEnd, at))) ?? this.#trials;
    }
    for (const _ of placesOf(endMark, bytes, whole)) this.#finished++;
    this.#rest = Buffer.from(bytes.subarray(whole));
  }
}

/** Where a mark stands before an end. */
function* placesOf(mark: Buffer, bytes: Buffer, end: number): Iterable<number> {
  for (let at = bytes.indexOf(mark); at >= 0 && at < end; at = bytes.indexOf(mark, at + 1)) yield at;
}

/** What a line says about the number of trials: one that begins a session, or a change that was taken. */
function trialsOf(line: string): number | undefined {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return undefined; // the journal's own reader says what is wrong with it
  }
  const { type, trials, command, state } = data as Record<string, unknown>;
  const asked = type === 'session' ? trials : (command as Record<string, unknown> | undefined)?.['trials'];
  const counts = type === 'session' || (type === 'control' && state === 'taken');
  return counts && typeof asked === 'number' ? asked : undefined;
}
