/** How many trials a run asks for now and how many are finished, without reading what became of each. */
import { join } from 'node:path';
import { ownPart } from '../base/index.js';
import { WholeLines, mostLineBytes } from './journal/index.js';
import { readFrom } from './view.js';

const budgetMark = Buffer.from('"trials":');
/** Within a text a quotation mark has a backslash before it: no reason of a failure looks like this. */
const endMark = Buffer.from('"type":"tell"');
/** The end of a trial that a resumed run tries again. */
const againMark = Buffer.from('"fault":"machine"');
const lineEnd = 10;

export interface Tally {
  /** The number of trials in force; undefined where the journal does not say. */
  readonly trials: number | undefined;
  /** Trials with an end: complete, pruned or failed; not those that a resumed run tries again. */
  readonly finished: number;
}

/** Scans a journal for its number of trials and their ends; what it has seen it does not read again. */
export class TallyReader {
  readonly #journal: string;
  #at = 0;
  readonly #lines = new WholeLines(mostLineBytes);
  #trials: number | undefined;
  #finished = 0;

  constructor(folder: string) {
    this.#journal = join(folder, 'journal.jsonl');
  }

  read(): Tally {
    const stats = ownPart(this.#journal, 'file', 'bad-run');
    if (stats) {
      if (stats.size < this.#at) {
        [this.#at, this.#trials, this.#finished] = [0, undefined, 0];
        this.#lines.drop();
      }
      readFrom(this.#journal, this.#at, (chunk) => this.#feed(chunk));
    }
    return { trials: this.#trials, finished: this.#finished };
  }

  #feed(chunk: Buffer): void {
    this.#at += chunk.length;
    const lines = this.#lines.feed(chunk);
    for (const at of placesOf(budgetMark, lines)) {
      const start = lines.lastIndexOf(lineEnd, at) + 1;
      this.#trials = trialsOf(lines.toString('utf8', start, lines.indexOf(lineEnd, at))) ?? this.#trials;
    }
    for (const _ of placesOf(endMark, lines)) this.#finished++;
    for (const _ of placesOf(againMark, lines)) this.#finished--;
  }
}

function* placesOf(mark: Buffer, bytes: Buffer): Iterable<number> {
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) yield at;
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
  return counts && Number.isSafeInteger(asked) ? (asked as number) : undefined;
}
