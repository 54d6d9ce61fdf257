/** From the bytes of a journal to its lines, whether it is read whole or as it grows. */
import { type BrokenLine, isBroken, parseLine } from './journal-line.js';
import type { JournalLine } from './entries.js';

/** Reads a journal piece by piece; keeps the piece of a line that is not written to its end yet. */
export class JournalReader {
  /** Lines read so far, the broken ones as well. */
  lines = 0;
  /** Bytes up to the end of the last whole line. */
  bytes = 0;
  /** Where the last whole line begins. */
  lastLine = 0;
  /** The beginning of the next line. */
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes after the last line end: a line that is being written, or was torn. */
  get restBytes(): number {
    return this.#rest.length;
  }

  /** Forgets the beginning of the next line: the file is read again from `bytes`. */
  dropRest(): void {
    this.#rest = Buffer.alloc(0);
  }

  /** Takes the next bytes of the file and hands over every line that they complete. */
  feed(chunk: Buffer, take: (line: JournalLine) => void, takeBroken: (line: BrokenLine) => void): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.lines++;
      this.lastLine = this.bytes + start;
      const line = parseLine(bytes.subarray(start, end), this.lines);
      if (isBroken(line)) takeBroken(line);
      else take(line);
      start = end + 1;
    }
    this.bytes += start;
    this.#rest = Buffer.from(bytes.subarray(start)); // a copy: the chunk is its reader's to use again
  }
}
