/**
 * A fast check for the two kinds of line that a journal of 100,000 trials is made of: zod takes as long for
 * them as reading, summing and parsing them together. What is not plainly right goes to zod, which says why.
 */
import type { JournalLine } from './entries.js';
import { isCount, isSaneTime, isSeconds, isTrial, isWorker } from './ranges.js';

type Fields = Readonly<Record<string, unknown>>;

/** A loop: a call for each of a million numbers takes as long as reading them. */
function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'number' || item - item !== 0) return false;
  return true;
}

function isAsk({ id, genome, known, parents, origin }: Fields): boolean {
  const parentsFit = parents === undefined || (Array.isArray(parents) && parents.every(isTrial));
  return (
    isTrial(id) && typeof genome === 'string' && isNumbers(known) && parentsFit && typeof origin === 'string'
  );
}

function isTell({ id, state, values, seconds, worker, curve, reason }: Fields): boolean {
  return (
    isTrial(id) &&
    state === 'complete' &&
    typeof values === 'object' &&
    values !== null &&
    isNumbers(Object.values(values)) &&
    isSeconds(seconds) &&
    (worker === undefined || isWorker(worker)) &&
    (curve === undefined || typeof curve === 'string') &&
    reason === undefined
  );
}

/** Whether a line is an `ask`, or a `tell` of a complete trial, for certain. False says nothing. */
export function isPlainLine(data: unknown): data is JournalLine {
  const line = data as Fields;
  if (!isCount(line['n']) || !isSaneTime(line['t'])) return false;
  if (line['type'] === 'ask') return isAsk(line);
  return line['type'] === 'tell' && isTell(line);
}
