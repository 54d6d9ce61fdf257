/**
 * Mends a journal: what a kill or a power cut left of its newest line is cut off, and what two writers at once have
 * made of it is put in order. Nothing else is ever changed.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { MixnasError, openRegular, removeOwn } from '../base/index.js';
import {
  type JournalEntry,
  type JournalLine,
  formatLine,
  mostLineBytes,
  severalNames,
} from './journal/index.js';
import { RunReading } from './view.js';

/** What a journal holds after recovery. */
export interface Recovered {
  /** Of the journal as it is now. */
  readonly reading: RunReading;
  readonly lines: number;
  /** Whether a torn line was cut off. */
  readonly mended: boolean;
  /** Where the original is kept of a journal that two processes had written at once. */
  readonly original?: string;
}

/**
 * Mends the journal of a run that no other process is writing.
 * @param reading of the whole journal.
 * @throws MixnasError `bad-run` when a line before the last is broken; nothing is changed then.
 */
export function recoverJournal(reading: RunReading): Recovered {
  if (reading.doubled) return putInOrder(reading);
  const { lines, bytes, lastLine, restBytes } = reading.reader;
  // A whole last line that is wrong was torn too, by a power cut that left zeros or old bytes in it.
  const { last } = reading.broken;
  const lastIsBroken = restBytes === 0 && last?.line === lines && !last.whole;
  const broken = reading.broken.firstBut(lastIsBroken ? lines : undefined);
  if (broken) {
    throw new MixnasError('bad-run', `${reading.journal}: line ${broken.line} ${broken.message}.`, {
      remedy: 'Only a torn last line can be mended; restore the journal from a copy, or start a new run.',
    });
  }
  const mended = lastIsBroken || restBytes > 0;
  const begins = lines - (lastIsBroken ? 1 : 0) === 0 && bytes + restBytes > mostFirstBytes;
  if (begins || restBytes > mostLineBytes) {
    throw new MixnasError(
      'bad-run',
      `${reading.journal} ends in something that is not a line of a journal.`,
      {
        remedy: 'Nothing was touched. Restore the journal from a copy, or start a new run.',
      },
    );
  }
  if (mended) cutOff(reading.journal, lastIsBroken ? lastLine : bytes, bytes + restBytes);
  return { reading, lines: lastIsBroken ? lines - 1 : lines, mended };
}

/** The first line of a journal is shorter: a file that begins with more than that was never one. */
const mostFirstBytes = 1 << 16;

/** Cuts off the end of the file that was read: not of one that has taken its place since. */
function cutOff(path: string, bytes: number, before: number): void {
  const { file, stats } = openRegular(path, constants.O_WRONLY, { code: 'bad-run', own: true });
  try {
    if (stats.nlink > 1) throw severalNames(path);
    if (stats.size !== before) throw new MixnasError('bad-run', `${path} has changed while it was read.`);
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

/**
 * Rewrites a journal that two processes wrote at once: all sound lines in their order, numbered as they stand, but
 * for those that say again what was said of a trial. The original stays next to it.
 */
function putInOrder({ folder, journal }: RunReading): Recovered {
  const temporary = `${journal}.${process.pid}.tmp`;
  removeOwn(temporary);
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  let lines = 0;
  try {
    new RunReading(folder).advance(
      (line) => void writeSync(file, formatLine(entryOf(line), ++lines, line.t)),
    );
    fsyncSync(file);
  } catch (error) {
    removeOwn(temporary);
    throw error;
  } finally {
    closeSync(file);
  }
  const original = keepOriginal(folder, journal);
  renameSync(temporary, journal);
  const reading = new RunReading(folder);
  reading.advance();
  return { reading, lines, mended: false, original };
}

/** What a line says, without what every line has. */
function entryOf(line: JournalLine & { readonly c?: string }): JournalEntry {
  const { n: _n, t: _t, c: _c, ...entry } = line;
  return entry;
}

/** Gives the journal a second name, the first that is free. */
function keepOriginal(folder: string, journal: string): string {
  for (let i = 1; ; i++) {
    const kept = join(folder, `journal-of-two-writers-${i}.jsonl`);
    try {
      linkSync(journal, kept);
      return kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
    }
    // A file system without links.
    try {
      copyFileSync(journal, kept, constants.COPYFILE_EXCL);
      return kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
