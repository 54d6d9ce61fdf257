/** The lines of a journal that could not be taken: the first ones, the last one, and how many there are. */
import type { BrokenLine } from './journal/index.js';

/** A file that is not a journal may have millions. */
const mostKept = 100;

export class BrokenLines {
  readonly #first: BrokenLine[] = [];
  #last: BrokenLine | undefined;
  count = 0;

  push({ line, message, whole }: BrokenLine): void {
    this.count++;
    this.#last = { line, message, ...(whole && { whole }) };
    if (this.#first.length < mostKept) this.#first.push(this.#last);
  }

  get last(): BrokenLine | undefined {
    return this.#last;
  }

  /** The first one that is not the line `but`. */
  firstBut(but: number | undefined): BrokenLine | undefined {
    return this.#first.find(({ line }) => line !== but);
  }

  /** One sentence each. */
  problems(): string[] {
    const more = this.count - this.#first.length;
    return [
      ...this.#first.map(({ line, message }) => `Line ${line} of the journal ${message}.`),
      ...(more > 0 ? [`And ${more} more lines of the journal are broken.`] : []),
    ];
  }
}
