/** Reads a run a slice at a time: for a reader that has keys to answer meanwhile. */
import { findRun } from '../names.js';
import { RunReading, type RunView } from '../view.js';

export class SlicedReading {
  readonly #reading: RunReading;
  #done = false;

  /** @throws MixnasError `bad-run` when the folder is not a run that can be read. */
  constructor(pathOrName: string) {
    this.#reading = new RunReading(findRun(pathOrName));
  }

  /** Reads on for about so many milliseconds. @returns whether all was read that there is now. */
  advance(forMs: number): boolean {
    this.#done = this.#reading.advance(undefined, performance.now() + forMs).done;
    return this.#done;
  }

  /** The run as far as it was read. */
  view(): RunView {
    return this.#reading.view();
  }
}
