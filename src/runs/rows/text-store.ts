/** Texts of 100,000 trials in some hundred long strings: as strings of their own they keep the collector busy. */

/** Texts of one page. */
export const textsOfPage = 256;

export class TextStore {
  /** Full pages: their texts one after the other; those of a cache as its bytes. */
  readonly #pages: (string | Buffer)[] = [];
  /** Where each text of each page ends in it. */
  readonly #ends: Uint32Array[] = [];
  /** The texts of the page that is not full. */
  #open: string[] = [];

  get count(): number {
    return this.#pages.length * textsOfPage + this.#open.length;
  }

  /** Stores a text. @returns its number, from 0. */
  add(text: string): number {
    const number = this.count;
    this.#open.push(text);
    if (this.#open.length === textsOfPage) this.#close();
    return number;
  }

  #close(): void {
    const ends = new Uint32Array(textsOfPage);
    let end = 0;
    for (let i = 0; i < textsOfPage; i++) ends[i] = end += (this.#open[i] as string).length;
    this.#ends.push(ends);
    this.#pages.push(this.#open.join(''));
    this.#open = [];
  }

  get(number: number): string {
    const page = Math.floor(number / textsOfPage);
    const at = number % textsOfPage;
    const text = this.#pages[page];
    if (text === undefined) return this.#open[at] as string;
    const ends = this.#ends[page] as Uint32Array;
    const from = at === 0 ? 0 : ends[at - 1];
    return typeof text === 'string' ? text.slice(from, ends[at]) : text.toString('latin1', from, ends[at]);
  }

  /** All full pages, and the texts of the last one: for a cache. */
  pages(): {
    readonly pages: readonly (string | Buffer)[];
    readonly ends: readonly Uint32Array[];
    readonly open: readonly string[];
  } {
    return { pages: this.#pages, ends: this.#ends, open: this.#open };
  }

  /**
   * Takes stored pages over, in place of what there is.
   * @param all the texts of full pages, in Latin-1.
   * @param ends of every text in its page.
   */
  restore(all: Buffer, ends: Uint32Array, open: readonly string[]): void {
    this.#pages.length = 0;
    this.#ends.length = 0;
    let at = 0;
    for (let from = 0; from < ends.length; from += textsOfPage) {
      const its = ends.subarray(from, from + textsOfPage);
      const end = at + (its[textsOfPage - 1] as number);
      this.#ends.push(its);
      this.#pages.push(all.subarray(at, end));
      at = end;
    }
    this.#open = [...open];
  }
}
