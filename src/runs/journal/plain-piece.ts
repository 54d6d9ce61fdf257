/** The plain lines of a piece of a journal: read one by one, their check sums compared at once. */
import { crc32 } from 'node:zlib';
import type { JournalLine } from './entries.js';
import { tailLength } from './journal-line.js';
import { LineSums } from './line-sums.js';
import { PlainLines } from './plain-line.js';

/** Lines, and where each ends. */
interface PlainRun {
  readonly lines: readonly JournalLine[];
  readonly ends: readonly number[];
}

export class PlainPiece {
  readonly #plain = new PlainLines();
  readonly #sums = new LineSums();
  #bytes: Buffer = Buffer.alloc(0);
  /** Whether a line of this piece is known to be wrong: then each is summed by itself. */
  #isWrong = false;

  /** @param bytes which are whole lines; they are only lent. */
  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#isWrong = false;
    // One decoding for all lines, a character each byte.
    this.#plain.begin(bytes, bytes.toString('latin1'));
  }

  /** The plain lines from `from` on, up to the first that is not plain or does not match its check sum. */
  read(from: number): PlainRun {
    const together = this.#isWrong ? undefined : this.#readTogether(from);
    return together ?? this.#readEach(from);
  }

  /** Undefined where a sum is wrong. */
  #readTogether(from: number): PlainRun | undefined {
    const lines: JournalLine[] = [];
    const ends: number[] = [];
    let begin = from;
    let at = from;
    const isSound = (): boolean => at === begin || this.#sums.fits(this.#bytes.subarray(begin, at));
    this.#sums.begin();
    for (let line = this.#next(at); line; line = this.#next(at)) {
      const { end, sum } = this.#plain;
      if (!this.#sums.add(sum, end + 1 - at)) {
        this.#isWrong ||= !isSound() || !this.#hasSum(at, end, sum);
        begin = end + 1;
        this.#sums.begin();
      }
      lines.push(line);
      ends.push(end);
      at = end + 1;
    }
    this.#isWrong ||= !isSound();
    return this.#isWrong ? undefined : { lines, ends };
  }

  #readEach(from: number): PlainRun {
    const lines: JournalLine[] = [];
    const ends: number[] = [];
    let at = from;
    for (let line = this.#next(at); line; line = this.#next(at)) {
      const { end, sum } = this.#plain;
      if (!this.#hasSum(at, end, sum)) break;
      lines.push(line);
      ends.push(end);
      at = end + 1;
    }
    return { lines, ends };
  }

  #next(at: number): JournalLine | undefined {
    return at < this.#bytes.length ? this.#plain.read(at) : undefined;
  }

  #hasSum(from: number, end: number, sum: number): boolean {
    return crc32(this.#bytes.subarray(from, end - tailLength)) === sum;
  }
}
