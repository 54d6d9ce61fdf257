/** Numbers of 100,000 trials in a few large arrays: a tenth of what an object for each of them takes. */

/** Numbers of one array: larger than any list that is stored at once, small next to a run. */
const pageSize = 1 << 15;

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

  get(at: number): number {
    return (this.#pages[Math.floor(at / pageSize)] as Float64Array)[at % pageSize] as number;
  }

  list(at: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.get(at + i));
  }
}
