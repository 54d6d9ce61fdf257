/** From the bytes of a journal to its lines, whether it is read whole or as it grows. */
import { type BrokenLine, isBroken, misnumbered, parseLine } from './journal-line.js';
import type { JournalLine } from './entries.js';
import { PlainPiece } from './plain-piece.js';
import { mostLineBytes } from './ranges.js';
import { formatBytes } from '../../base/index.js';

const lineEnd = 10;

/** Reads a journal piece by piece; keeps the piece of a line that is not written to its end yet. */
export class JournalReader {
  /** Lines read so far, the broken ones as well. */
  lines = 0;
  /** Bytes up to the end of the last whole line. */
  bytes = 0;
  /** Where the last whole line begins. */
  lastLine = 0;
  /** The beginning of the next line, in pieces; nothing of one that is too long. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  readonly #plain = new PlainPiece();

  /** Bytes after the last line end: a line that is being written, or was torn. */
  get restBytes(): number {
    return this.#restBytes;
  }

  /** Forgets the beginning of the next line: the file is read again from `bytes`. */
  dropRest(): void {
    this.#rest = [];
    this.#restBytes = 0;
  }

  /** Takes the next bytes of the file and hands over every line that they complete. */
  feed(chunk: Buffer, take: (line: JournalLine) => void, takeBroken: (line: BrokenLine) => void): void {
    const first = this.#restBytes > 0 ? chunk.indexOf(lineEnd) + 1 : 0;
    if (first > 0) this.#endRest(chunk.subarray(0, first), take, takeBroken);
    // Still within the line that was begun: it is put together once, at its end.
    if (this.#restBytes > 0) return this.#keep(chunk);
    const bytes = chunk.subarray(first);
    this.#keep(bytes.subarray(this.#lines(bytes, take, takeBroken)));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes > mostLineBytes) this.#rest = [];
    else this.#rest.push(Buffer.from(bytes)); // a copy: the chunk is its reader's to use again
  }

  /** Takes the end of the line that was begun. */
  #endRest(end: Buffer, take: (line: JournalLine) => void, takeBroken: (line: BrokenLine) => void): void {
    const length = this.#restBytes + end.length;
    const whole = length > mostLineBytes ? undefined : Buffer.concat([...this.#rest, end]);
    this.dropRest();
    if (whole) {
      this.#lines(whole, take, takeBroken);
      return;
    }
    this.lastLine = this.bytes;
    this.bytes += length;
    takeBroken({ line: ++this.lines, message: `is longer than ${formatBytes(mostLineBytes)}` });
  }

  /** Hands over the whole lines of a piece that begins with one. Returns how many bytes they take. */
  #lines(piece: Buffer, take: (line: JournalLine) => void, takeBroken: (line: BrokenLine) => void): number {
    // Without the beginning of the next line: reading beyond the end of an array makes V8 compile again.
    const bytes = piece.subarray(0, piece.lastIndexOf(lineEnd) + 1);
    this.#plain.begin(bytes);
    let start = 0;
    const takeNext = (line: JournalLine | BrokenLine, end: number): void => {
      this.lines++;
      this.lastLine = this.bytes + start;
      if (isBroken(line)) takeBroken(line);
      else if (line.n !== this.lines) takeBroken(misnumbered(line, this.lines));
      else take(line);
      start = end + 1;
    };
    while (start < bytes.length) {
      const { lines, ends } = this.#plain.read(start);
      for (let i = 0; i < lines.length; i++) takeNext(lines[i] as JournalLine, ends[i] as number);
      if (start === bytes.length) break;
      const end = bytes.indexOf(lineEnd, start);
      takeNext(parseLine(bytes, start, end, this.lines + 1), end);
    }
    this.bytes += start;
    return start;
  }
}
