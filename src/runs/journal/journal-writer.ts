/**
 * Appends to a journal. A line is handed to the system when `append` returns, so that a killed process
 * loses nothing, and is on the disk at most a second later, so that a power cut loses no more than that.
 */
import { closeSync, constants, fdatasync, fsyncSync, ftruncateSync, writeSync } from 'node:fs';
import { InternalError, MixnasError, asDiskError, openRegular } from '../../base/index.js';
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
  /** Called before each line; what it throws is thrown by `append`, and nothing is written. */
  readonly check: () => void;
  /** How bytes go to a file; default: the system's. */
  readonly write?: typeof writeSync;
}

/** Opens a journal to append to it. */
export function openJournal(
  path: string,
  { lines, check, write = writeSync }: JournalOptions,
): JournalWriter {
  const { file, size: before } = openToAppend(path);
  let n = lines;
  let size = before;
  let timer: NodeJS.Timeout | undefined;
  let problem: unknown;
  let closed = false;

  const sync = () => {
    timer = undefined;
    fdatasync(file, (error) => {
      if (error && error.code !== 'EBADF') problem = asDiskError(error, path) ?? error; // EBADF: closed meanwhile
    });
  };

  return {
    append(entry) {
      if (closed) throw new InternalError(`${path} is closed`);
      if (problem) throw problem;
      check();
      const bytes = Buffer.from(formatLine(entry, n + 1, Date.now()));
      try {
        let written = 0;
        while (written < bytes.length) written += write(file, bytes, written);
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

/** @throws MixnasError `bad-run` where it is not a file of the run's own. */
function openToAppend(path: string): { readonly file: number; readonly size: number } {
  const flags = constants.O_WRONLY | constants.O_APPEND;
  const { file, stats } = openRegular(path, flags, { code: 'bad-run', own: true });
  if (stats.nlink === 1) return { file, size: stats.size };
  closeSync(file);
  throw severalNames(path);
}

/** A file of several names may be somebody else's by another one. */
export function severalNames(path: string): MixnasError {
  return new MixnasError('bad-run', `${path} is a hard link: the same file has another name elsewhere.`, {
    remedy: `Nothing was touched. Give the run a file of its own: cp ${path} ${path}.copy && mv ${path}.copy ${path}`,
  });
}

function dropTornLine(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // Then the recovery of the next session does it.
  }
}
