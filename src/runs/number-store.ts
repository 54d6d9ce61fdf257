/** Numbers of 100,000 trials in a few large arrays: a tenth of what an object for each of them takes. */

/** Numbers of one array: larger than any list that is stored at once, small next to a run. */
export const pageSize = 1 << 15;

/** Lists of numbers, one after the other. What is stored is never changed. */
export class NumberStore {
  readonly #pages: Float64Array[] = [];
  /** Where the next list goes, counted over all pages. */
  #next = 0;

  /** Stores a list. @returns where it begins. */
  add(values: readonly number[]): number {
    const left = this.#pages.length * pageSize - this.#next;
    if (left < values.length) {
      this.#next = this.#pages.length * pageSize;
      for (let more = values.length; more > 0; more -= pageSize) this.#pages.push(new Float64Array(pageSize));
    }
    const at = this.#next;
    for (let i = 0; i < values.length; i++) this.#set(at + i, values[i] as number);
    this.#next += values.length;
    return at;
  }

  #set(at: number, value: number): void {
    (this.#pages[Math.floor(at / pageSize)] as Float64Array)[at % pageSize] = value;
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
    return (this.#pages[Math.floor(at / pageSize)] as Float64Array)[at % pageSize] as number;
  }

  list(at: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.get(at + i));
  }
}
