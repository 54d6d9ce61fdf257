/**
 * One journal line: JSON, with the check sum of everything before it as its last field, so that it is
 * checked on the bytes as they lie in the file: `{"n":7,"t":1719…,"type":"tell",…,"c":"8f3a01bc"}`.
 */
import { crc32 } from 'node:zlib';
import { type JournalEntry, type JournalLine, lineSchema } from './entries.js';

/** What ends a line: `,"c":"8f3a01bc"}`. */
const before = ',"c":"';
const after = '"}';
const sumDigits = 8;
export const tailLength = before.length + sumDigits + after.length;

const sumOf = (body: string) => crc32(body).toString(16).padStart(sumDigits, '0');

/** The sum that a line says it has; NaN where it does not end as a line does. */
function writtenSum(line: string): number {
  if (!line.startsWith(before, line.length - tailLength) || !line.endsWith(after)) return Number.NaN;
  return Number.parseInt(line.slice(-sumDigits - after.length, -after.length), 16);
}

/** An entry as line number `n` (from 1) of a journal, written at `t` (ms since 1970), with its line end. */
export function formatLine(entry: JournalEntry, n: number, t: number): string {
  const body = JSON.stringify({ n, t, ...entry }).slice(0, -1);
  return `${body}${before}${sumOf(body)}${after}\n`;
}

/** A line that does not hold what was once written. */
export interface BrokenLine {
  readonly line: number;
  readonly message: string;
  /** What it says, where only its number is not that of its place. */
  readonly entry?: JournalLine;
  /** Whether it stands there as it was written: a line that was torn does not. */
  readonly whole?: true;
}

/**
 * Reads one line of many.
 * @param bytes hold it from `from` to `to`, without its line end.
 * @param number its place in the journal, from 1.
 */
export function parseLine(bytes: Buffer, from: number, to: number, number: number): JournalLine | BrokenLine {
  if (to - from - tailLength < 2) return { line: number, message: 'is cut off' };
  const text = bytes.toString('utf8', from, to);
  if (crc32(bytes.subarray(from, to - tailLength)) !== writtenSum(text)) {
    return { line: number, message: 'does not match its check sum' };
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { line: number, message: 'is not JSON', whole: true };
  }
  const { c: _, ...line } = data as Record<string, unknown>;
  const parsed = lineSchema.safeParse(line);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.length ? `\`${issue.path.join('.')}\`: ` : '';
    return { line: number, message: `is not understood: ${field}${issue?.message ?? ''}`, whole: true };
  }
  return parsed.data.n === number ? parsed.data : misnumbered(parsed.data, number);
}

/** A line that is sound but for its number. */
export const misnumbered = (entry: JournalLine, line: number): BrokenLine => ({
  line,
  message: `is numbered ${entry.n}`,
  entry,
  whole: true,
});

/** Whether `parseLine` could not read a line. */
export const isBroken = (line: JournalLine | BrokenLine): line is BrokenLine => !('type' in line);
