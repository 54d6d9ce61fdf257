/**
 * Appends to a journal. A line is handed to the system when `append` returns, so that a killed process
 * loses nothing, and is on the disk at most a second later, so that a power cut loses no more than that.
 */
import { closeSync, fdatasync, fsyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { InternalError, asDiskError } from '../../base/index.js';
import type { JournalEntry } from './entries.js';
import { formatLine } from './journal-line.js';

const syncEveryMs = 1000;

export interface JournalWriter {
  /** @throws MixnasError `no-space` when the disk is full; the journal then ends with its last whole line. */
  append(entry: JournalEntry): void;
  /** Flushes to the disk; again does nothing. */
  close(): void;
}

export interface JournalOptions {
  /** Lines that the file holds already. */
  readonly lines: number;
  /** Called before each sync; what it throws is thrown by the next `append`. */
  readonly check: () => void;
}

/** Opens a journal to append to it. */
export function openJournal(path: string, { lines, check }: JournalOptions): JournalWriter {
  const file = openSync(path, 'a');
  let n = lines;
  let size = fstatSync(file).size;
  let timer: NodeJS.Timeout | undefined;
  let problem: unknown;
  let closed = false;

  const sync = () => {
    timer = undefined;
    try {
      check();
    } catch (error) {
      problem = error;
      return;
    }
    fdatasync(file, (error) => {
      if (error && error.code !== 'EBADF') problem = asDiskError(error, path) ?? error; // EBADF: closed meanwhile
    });
  };

  return {
    append(entry) {
      if (closed) throw new InternalError(`${path} is closed`);
      if (problem) throw problem;
      const bytes = Buffer.from(formatLine(entry, n + 1, Date.now()));
      try {
        let written = 0;
        while (written < bytes.length) written += writeSync(file, bytes, written);
      } catch (error) {
        dropTornLine(file, size);
        throw asDiskError(error, path) ?? error;
      }
      n++;
      size += bytes.length;
      timer ??= setTimeout(sync, syncEveryMs).unref();
    },
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}

function dropTornLine(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // Then the recovery of the next session does it.
  }
}
