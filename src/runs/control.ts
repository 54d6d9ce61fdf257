/**
 * Steering a search from outside: `control.jsonl` in the run folder. Whoever wants something of the search
 * appends a line with an id; the search polls the file, and says in the journal, by that id, whether it
 * has taken it. Only what was appended while the search had the run open counts.
 */
import { closeSync, constants, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type FileAccess,
  MixnasError,
  asDiskError,
  formatBytes,
  openRegular,
  ownPart,
  commandLine,
} from '../base/index.js';
import { type Command, WholeLines, commandSchema, isSaneTime } from './journal/index.js';
import { liveWriter } from './lock-holder.js';

const requestSchema = z.strictObject({
  id: z.string().min(1),
  /** When it was sent, in ms since 1970. */
  t: z.number().refine(isSaneTime),
  command: commandSchema,
});
/** A command on its way to a search. */
export type ControlRequest = z.output<typeof requestSchema>;

const pathIn = (folder: string) => join(folder, 'control.jsonl');

const access: FileAccess = { code: 'bad-run', own: true };

/** A search is steered by a few lines; what lies beyond is not read. */
const mostBytes = 16 << 20;
const mostRequestBytes = 1 << 20;

let sent = 0;

/**
 * Asks something of the search that writes a run.
 * @returns the id by which the run's `controls` say what became of it.
 * @throws MixnasError `bad-run` when no process writes the run, `no-space` when the folder cannot be written.
 */
export function sendControl(folder: string, command: Command): string {
  if (!liveWriter(folder)) {
    throw new MixnasError('bad-run', `${folder}: no search is running there.`, {
      remedy: `Resume it, with a new number of trials or a new time where it has ended: ${commandLine('resume', folder)}`,
    });
  }
  const t = Date.now();
  const id = `${t.toString(36)}-${process.pid.toString(36)}-${(sent++).toString(36)}`;
  try {
    // A line end first as well: the last sender may have been killed within its line.
    append(pathIn(folder), `\n${JSON.stringify({ id, t, command } satisfies ControlRequest)}\n`);
  } catch (error) {
    throw asDiskError(error, pathIn(folder)) ?? error;
  }
  return id;
}

function append(path: string, text: string): void {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
  const { file, stats } = openRegular(path, flags, access);
  try {
    if (stats.size + text.length > mostBytes) {
      throw new MixnasError(
        'bad-run',
        `${path} is larger than ${formatBytes(mostBytes)}; the search reads no more of it.`,
      );
    }
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Reads a run's control file as it grows. What is not a request is passed over. */
export class ControlReader {
  readonly #path: string;
  readonly #lines = new WholeLines(mostRequestBytes);
  #at: number;

  /** @param from `end` passes over what is there already. */
  constructor(folder: string, from: 'start' | 'end') {
    this.#path = pathIn(folder);
    this.#at = from === 'end' ? this.#size() : 0;
  }

  /** @throws MixnasError `bad-run` where something else than a file is in its place. */
  #size(): number {
    return ownPart(this.#path, 'file', 'bad-run')?.size ?? 0;
  }

  hasGrown(): boolean {
    return Math.min(this.#size(), mostBytes) !== this.#at;
  }

  /** What was appended since the last read, in order; nothing beyond `mostBytes`. */
  read(): ControlRequest[] {
    const size = Math.min(this.#size(), mostBytes);
    if (size === this.#at) return [];
    if (size < this.#at) this.#restart();
    return this.#lines.feed(this.#bytes(size)).toString('utf8').split('\n').flatMap(requestOf);
  }

  #restart(): void {
    this.#at = 0;
    this.#lines.drop();
  }

  #bytes(size: number): Buffer {
    const bytes = Buffer.alloc(size - this.#at);
    const { file } = openRegular(this.#path, constants.O_RDONLY, access);
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
