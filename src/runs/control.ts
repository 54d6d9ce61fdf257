/**
 * Steering a search from outside: `control.jsonl` in the run folder. Whoever wants something of the search
 * appends a line with an id; the search looks at the file, and says in the journal, by that id, whether it
 * has taken it. Only what was appended while the search had the run open counts.
 */
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { asDiskError, MixnasError } from '../base/index.js';
import { type Command, commandSchema } from './journal/index.js';
import { liveWriter } from './lock.js';

const requestSchema = z.strictObject({
  id: z.string().min(1),
  /** When it was sent, in ms since 1970. */
  t: z.number(),
  command: commandSchema,
});
/** A command on its way to a search. */
export type ControlRequest = z.output<typeof requestSchema>;

const pathIn = (folder: string) => join(folder, 'control.jsonl');

let sent = 0;

/**
 * Asks something of the search that writes a run.
 * @returns the id by which the run's `controls` tell what became of it.
 * @throws MixnasError `bad-run` when no process writes the run, `no-space` when the folder cannot be written.
 */
export function sendControl(folder: string, command: Command): string {
  if (!liveWriter(folder)) {
    throw new MixnasError('bad-run', `${folder}: no search is running there.`, {
      remedy: 'Go on with it by `mixnas resume`, which takes a new number of trials or a new time.',
    });
  }
  const t = Date.now();
  const id = `${t.toString(36)}-${process.pid.toString(36)}-${(sent++).toString(36)}`;
  try {
    // A line end first as well: the last sender may have been killed within its line.
    appendFileSync(pathIn(folder), `\n${JSON.stringify({ id, t, command } satisfies ControlRequest)}\n`);
  } catch (error) {
    throw asDiskError(error, pathIn(folder)) ?? error;
  }
  return id;
}

/** Reads a run's control file as it grows. What is no request is passed over. */
export class ControlReader {
  readonly #path: string;
  #at: number;
  #rest: Buffer = Buffer.alloc(0);

  /** @param from `end` passes over what is there already. */
  constructor(folder: string, from: 'start' | 'end') {
    this.#path = pathIn(folder);
    this.#at = from === 'end' ? this.#size() : 0;
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  hasGrown(): boolean {
    return this.#size() !== this.#at;
  }

  /** What was appended since the last look, in order. */
  read(): ControlRequest[] {
    const size = this.#size();
    if (size === this.#at) return [];
    if (size < this.#at) this.#restart();
    const text = Buffer.concat([this.#rest, this.#bytes(size)]);
    const end = text.lastIndexOf(10) + 1;
    this.#rest = Buffer.from(text.subarray(end));
    return text.toString('utf8', 0, end).split('\n').flatMap(requestOf);
  }

  #restart(): void {
    this.#at = 0;
    this.#rest = Buffer.alloc(0);
  }

  #bytes(size: number): Buffer {
    const bytes = Buffer.alloc(size - this.#at);
    const file = openSync(this.#path, 'r');
    try {
      const read = readSync(file, bytes, 0, bytes.length, this.#at);
      this.#at += read;
      return bytes.subarray(0, read);
    } finally {
      closeSync(file);
    }
  }
}

function requestOf(line: string): ControlRequest[] {
  if (line === '') return [];
  try {
    return [requestSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
