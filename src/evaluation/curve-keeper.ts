/** A learning curve of bounded size, however many points are reported. */
import type { CurvePoint } from '../base/index.js';

/** As many points are kept, and up to twice as many; a journal keeps six. */
const most = 1000;

export class CurveKeeper {
  #kept: CurvePoint[] = [];
  #last: CurvePoint | undefined;
  /** Of so many points one is kept. */
  #every = 1;
  /** Points so far. */
  count = 0;

  /** Takes the next point. Returns whether it is one of those that are kept. */
  add(point: CurvePoint): boolean {
    this.#last = point;
    if (this.count++ % this.#every !== 0) return false;
    this.#kept.push(point);
    if (this.#kept.length >= 2 * most) {
      this.#every *= 2;
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    }
    return true;
  }

  /** Counts a point that no curve can show. */
  skip(): void {
    this.count++;
  }

  /** All points while there are few; evenly spread ones and the last where there are many. */
  points(): CurvePoint[] {
    const { length } = this.#kept;
    const isKept = length > 0 && this.#kept[length - 1] === this.#last;
    return this.#last === undefined || isKept ? this.#kept : [...this.#kept, this.#last];
  }
}
