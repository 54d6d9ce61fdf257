/** How many trials a run asks for now, without reading what became of each. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFrom } from './view.js';

const mark = Buffer.from('"trials":');
const lineEnd = 10;

/** Looks through a journal for changes of its number of trials; what it has seen it does not read again. */
export class BudgetReader {
  readonly #journal: string;
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);
  #trials: number | undefined;

  constructor(folder: string) {
    this.#journal = join(folder, 'journal.jsonl');
  }

  /** The number of trials in force; undefined where the journal does not say. */
  read(): number | undefined {
    if (!existsSync(this.#journal)) return this.#trials;
    if (statSync(this.#journal).size < this.#at) {
      [this.#at, this.#rest, this.#trials] = [0, Buffer.alloc(0), undefined];
    }
    readFrom(this.#journal, this.#at, (chunk) => this.#feed(chunk));
    return this.#trials;
  }

  #feed(chunk: Buffer): void {
    this.#at += chunk.length;
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.lastIndexOf(lineEnd) + 1;
    for (let at = bytes.indexOf(mark); at >= 0 && at < whole; at = bytes.indexOf(mark, at + 1)) {
      const start = bytes.lastIndexOf(lineEnd, at) + 1;
      this.#trials = trialsOf(bytes.toString('utf8', start, bytes.indexOf(lineEnd, at))) ?? this.#trials;
    }
    this.#rest = Buffer.from(bytes.subarray(whole));
  }
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
