/** The lines of a stream, none longer than a bound: what has no line end does not fill the memory. */

const lineFeed = 10;
const carriageReturn = 13;

/** Hands over lines as they are completed, and the beginning of the first that is too long. */
export class BoundedLines {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #over = false;

  constructor(
    /** Bytes of a line. */
    readonly most: number,
    readonly take: (line: string) => void,
    /** Called once; nothing is taken any more then. */
    readonly tooLong: (beginning: string) => void,
  ) {}

  feed(chunk: Buffer): void {
    for (let from = 0; !this.#over; ) {
      const to = endOfLine(chunk, from);
      if (to < 0) return this.#keep(chunk.subarray(from));
      this.#keep(chunk.subarray(from, to));
      this.end();
      from = to + 1;
    }
  }

  /** The stream has ended: what is there of a line is one. */
  end(): void {
    if (this.#over) return;
    const line = Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    this.take(line);
  }

  #keep(bytes: Buffer): void {
    if (this.#over || bytes.length === 0) return;
    this.#rest.push(Buffer.from(bytes)); // a copy, so that the chunk need not stay
    this.#restBytes += bytes.length;
    if (this.#restBytes <= this.most) return;
    this.#over = true;
    const beginning = Buffer.concat(this.#rest).toString('utf8', 0, 100);
    this.#rest = [];
    this.tooLong(beginning);
  }
}

/** The place of the next line end: a progress bar goes back to the start of its line by `\r`. */
function endOfLine(chunk: Buffer, from: number): number {
  const feed = chunk.indexOf(lineFeed, from);
  const back = chunk.subarray(from, feed < 0 ? undefined : feed).indexOf(carriageReturn);
  return back < 0 ? feed : from + back;
}
