/**
 * One journal line: JSON, with the check sum of everything before it as its last field, so that it is
 * checked on the bytes as they lie in the file: `{"n":7,"t":1719…,"type":"tell",…,"c":"8f3a01bc"}`.
 */
import { crc32 } from 'node:zlib';
import { messageOf } from '../base/index.js';
import { type JournalEntry, type JournalLine, lineSchema } from './entries.js';

const sumField = ',"c":"';
/** What ends a line: `,"c":"8f3a01bc"}`. */
const tail = (body: string | Uint8Array) => `${sumField}${crc32(body).toString(16).padStart(8, '0')}"}`;
const tailLength = sumField.length + 8 + 2;

/** An entry as line number `n` (from 1) of a journal, written at `t` (ms since 1970), with its line end. */
export function formatLine(entry: JournalEntry, n: number, t: number): string {
  const body = JSON.stringify({ n, t, ...entry }).slice(0, -1);
  return `${body}${tail(body)}\n`;
}

/** A line that does not hold what was once written. */
export interface BrokenLine {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads the bytes of one line, without its line end.
 * @param number its place in the journal, from 1.
 */
export function parseLine(bytes: Buffer, number: number): JournalLine | BrokenLine {
  const broken = (message: string): BrokenLine => ({ line: number, message });
  const end = bytes.length - tailLength;
  if (end < 2) return broken('is cut off');
  const body = bytes.subarray(0, end);
  if (bytes.toString('latin1', end) !== tail(body)) return broken('does not match its check sum');
  try {
    const parsed = lineSchema.safeParse(JSON.parse(`${body.toString()}}`));
    if (!parsed.success) return broken(`is not understood: ${parsed.error.issues[0]?.message ?? ''}`);
    if (parsed.data.n !== number) return broken(`is numbered ${parsed.data.n}`);
    return parsed.data;
  } catch (error) {
    return broken(`is no JSON: ${messageOf(error)}`);
  }
}

/** Whether `parseLine` could not read a line. */
export const isBroken = (line: JournalLine | BrokenLine): line is BrokenLine => 'line' in line;
