/** What the rows of one run share: the names of their numbers, the numbers, and the texts. */
import { NumberStore } from './number-store.js';
import { TextStore } from './text-store.js';

export class RowShelf {
  readonly numbers = new NumberStore();
  readonly texts = new TextStore();
  /** Lists of the metrics that trials report, each once. */
  readonly #reportedNames = new Map<string, readonly string[]>();
  /** The list that was asked for last: mostly it is the next as well. */
  #last: readonly string[] = [];

  /** @param metrics what is known of every trial, as the manifest names it. */
  constructor(readonly metrics: readonly string[]) {}

  /** The one list of names that are known already. */
  list(names: readonly string[]): readonly string[] {
    const key = names.join('\n');
    const found = this.#reportedNames.get(key) ?? names;
    this.#reportedNames.set(key, found);
    return found;
  }

  /** The one list of these names. */
  names(values: Readonly<Record<string, number>>): readonly string[] {
    const names = Object.keys(values);
    const last = this.#last;
    if (names.length === last.length && names.every((name, i) => name === last[i])) return last;
    return (this.#last = this.list(names));
  }
}
