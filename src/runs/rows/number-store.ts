/** Numbers of 100,000 trials in a few large arrays: a tenth of what an object for each of them takes. */

/** Numbers of one array are 2 to this: more than any list that is stored at once, few next to a run. */
const pageBits = 15;
export const pageSize = 1 << pageBits;

/** Lists of numbers, one after the other. What is stored is never changed. */
export class NumberStore {
  readonly #pages: Float64Array[] = [];
  /** Where the next list goes, counted over all pages. */
  #next = 0;

  /** Stores what is known of a trial that was asked for. @returns where it begins. */
  addAsked(t: number, known: readonly number[], count: number, parents: readonly number[]): number {
    const at = this.#room(1 + count + parents.length);
    this.#set(at, t);
    for (let i = 0; i < count; i++) this.#set(at + 1 + i, known[i] ?? Number.NaN);
    for (let i = 0; i < parents.length; i++) this.#set(at + 1 + count + i, parents[i] as number);
    return at;
  }

  /** Stores what a trial reports. @returns where it begins. */
  addReported(
    t: number,
    seconds: number,
    names: readonly string[],
    values: Readonly<Record<string, number>>,
  ): number {
    const at = this.#room(2 + names.length);
    this.#set(at, t);
    this.#set(at + 1, seconds);
    for (let i = 0; i < names.length; i++) this.#set(at + 2 + i, values[names[i] as string] as number);
    return at;
  }

  /** Makes room for a list of so many. @returns where it begins. */
  #room(count: number): number {
    const left = this.#pages.length * pageSize - this.#next;
    if (left < count) {
      this.#next = this.#pages.length * pageSize;
      for (let more = count; more > 0; more -= pageSize) this.#pages.push(new Float64Array(pageSize));
    }
    const at = this.#next;
    this.#next += count;
    return at;
  }

  #set(at: number, value: number): void {
    (this.#pages[at >> pageBits] as Float64Array)[at & (pageSize - 1)] = value;
  }

  /** All pages, and where the next list goes: for a cache. */
  pages(): { readonly pages: readonly Float64Array[]; readonly next: number } {
    return { pages: this.#pages, next: this.#next };
  }

  /** Takes stored pages over, in place of what there is. @param all a whole number of pages. */
  restore(all: Float64Array, next: number): void {
    this.#pages.length = 0;
    for (let at = 0; at < all.length; at += pageSize) this.#pages.push(all.subarray(at, at + pageSize));
    this.#next = next;
  }

  get(at: number): number {
    return (this.#pages[at >> pageBits] as Float64Array)[at & (pageSize - 1)] as number;
  }

  list(at: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.get(at + i));
  }
}
