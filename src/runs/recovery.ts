/** Mends what a kill or a power cut left of a journal: the newest torn line is cut off, nothing else ever. */
import { truncateSync } from 'node:fs';
import { MixnasError } from '../base/index.js';
import type { RunReading } from './view.js';

/** What a journal holds after recovery. */
export interface Recovered {
  readonly lines: number;
  /** Whether a torn line was cut off. */
  readonly mended: boolean;
}

/**
 * Mends the journal of a run that no other process is writing.
 * @param reading of the whole journal.
 * @throws MixnasError `bad-run` when a line before the last is broken; nothing is changed then.
 */
export function recoverJournal(reading: RunReading): Recovered {
  const { lines, bytes, lastLine, restBytes } = reading.reader;
  // A whole last line that is wrong was torn too, by a power cut that left zeros or old bytes in it.
  const lastIsBroken = restBytes === 0 && reading.broken.at(-1)?.line === lines;
  const broken = lastIsBroken ? reading.broken.slice(0, -1) : reading.broken;
  if (broken[0]) {
    throw new MixnasError('bad-run', `${reading.journal}: line ${broken[0].line} ${broken[0].message}.`, {
      remedy: 'Only a torn last line can be mended; restore the journal from a copy, or start a new run.',
    });
  }
  const mended = lastIsBroken || restBytes > 0;
  if (mended) truncateSync(reading.journal, lastIsBroken ? lastLine : bytes);
  return { lines: lastIsBroken ? lines - 1 : lines, mended };
}
