/**
 * One journal line: JSON, with the check sum of everything before it as its last field, so that it is
 * checked on the bytes as they lie in the file: `{"n":7,"t":1719…,"type":"tell",…,"c":"8f3a01bc"}`.
 */
import { crc32 } from 'node:zlib';
import { type JournalEntry, type JournalLine, lineSchema } from './entries.js';
import { isPlainLine } from './plain-line.js';

/** What ends a line: `,"c":"8f3a01bc"}`. */
const before = ',"c":"';
const after = '"}';
const sumDigits = 8;
const tailLength = before.length + sumDigits + after.length;

const sumOf = (body: string) => crc32(body).toString(16).padStart(sumDigits, '0');

/** The sum that a line says it has; NaN where it does not end as a line does. As a number: 200,000 of them as text take as long as parsing. */
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
 * Reads the bytes of one line, without its line end.
 * @param number its place in the journal, from 1.
 */
export function parseLine(bytes: Buffer, number: number): JournalLine | BrokenLine {
  return parseText(bytes.toString('utf8'), bytes, 0, bytes.length, number);
}

/**
 * Reads one line of many.
 * @param text the line as text.
 * @param bytes hold it from `from` to `to`.
 */
export function parseText(
  text: string,
  bytes: Buffer,
  from: number,
  to: number,
  number: number,
): JournalLine | BrokenLine {
  const size = to - from - tailLength;
  if (size < 2) return { line: number, message: 'is cut off' };
  // A bare view: a Buffer takes three times as long to make, and there are 200,000 lines.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + from, size);
  if (crc32(body) !== writtenSum(text)) {
    return { line: number, message: 'does not match its check sum' };
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { line: number, message: 'is not JSON', whole: true };
  }
  if (isPlainLine(data)) return data.n === number ? data : misnumbered(data, number);
  const { c: _, ...line } = data as Record<string, unknown>;
  const parsed = lineSchema.safeParse(line);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.length ? `\`${issue.path.join('.')}\`: ` : '';
    return { line: number, message: `is not understood: ${field}${issue?.message ?? ''}`, whole: true };
  }
  return parsed.data.n === number ? parsed.data : misnumbered(parsed.data, number);
}

const misnumbered = (entry: JournalLine, line: number): BrokenLine => ({
  line,
  message: `is numbered ${entry.n}`,
  entry,
  whole: true,
});

/** Whether `parseLine` could not read a line. */
export const isBroken = (line: JournalLine | BrokenLine): line is BrokenLine => !('type' in line);
