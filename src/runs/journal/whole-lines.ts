/** From the pieces of a file to pieces that end with a line, each byte copied once. */
const lineEnd = 10;
const nothing = Buffer.alloc(0);

/** Puts lines together across pieces; one that is longer than `most` bytes is left out. */
export class WholeLines {
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor(readonly most: number) {}

  /** The lines that a piece completes, with their ends. The piece is only lent. */
  feed(chunk: Buffer): Buffer {
    const end = chunk.lastIndexOf(lineEnd) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return nothing;
    }
    const from = this.#restBytes > this.most ? chunk.indexOf(lineEnd) + 1 : 0;
    const lines = Buffer.concat([...this.#rest, chunk.subarray(from, end)]);
    this.drop();
    this.#keep(chunk.subarray(end));
    return lines;
  }

  /** Forgets the beginning of the next line. */
  drop(): void {
    this.#rest = [];
    this.#restBytes = 0;
  }

  #keep(bytes: Buffer): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.most) this.#rest = [];
    else if (bytes.length > 0) this.#rest.push(Buffer.from(bytes));
  }
}
