/**
 * The times of one kernel, however often it was measured: all of them while they are few, then a histogram
 * on a logarithmic axis. Its answers do not depend on the order in which times are added.
 */
import { median } from '../../base/index.js';

const mostExact = 64;
/** Bins are this much apart, relatively: far below the noise of any measurement. */
const binWidth = 0.001;

export class TimeSketch {
  #exact: number[] = [];
  #bins: Map<number, number> | undefined;
  #count = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  /** @param us above 0 (or any other unit, which is then that of the median). */
  add(us: number): void {
    this.#count++;
    this.#least = Math.min(this.#least, us);
    this.#most = Math.max(this.#most, us);
    if (this.#bins === undefined) {
      this.#exact.push(us);
      if (this.#exact.length <= mostExact) return;
      this.#bins = new Map();
      for (const time of this.#exact) this.#addToBin(time);
      this.#exact = [];
      return;
    }
    this.#addToBin(us);
  }

  #addToBin(us: number): void {
    const bins = this.#bins as Map<number, number>;
    const bin = Math.round(Math.log(us) / binWidth);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }

  get count(): number {
    return this.#count;
  }

  get leastUs(): number {
    return this.#least;
  }

  get mostUs(): number {
    return this.#most;
  }

  /** The median, of many times to within half a bin. */
  medianUs(): number {
    if (this.#bins === undefined) return median(this.#exact);
    let below = 0;
    for (const [bin, count] of [...this.#bins].sort(([a], [b]) => a - b)) {
      below += count;
      if (2 * below >= this.#count) return Math.exp(bin * binWidth);
    }
    return this.#most;
  }
}
