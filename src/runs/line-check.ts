/** What a journal's line must hold in this run, beyond what any journal's line must: checked once, then trusted. */
import type { Manifest } from './contents.js';
import type { JournalLine } from './journal/index.js';
import type { RunState } from './run-state.js';

export class LineCheck {
  readonly #known: number;
  /** Objectives that only an evaluation gives. */
  readonly #measured: readonly string[];
  readonly #state: RunState;

  constructor({ metrics, objectives }: Manifest, state: RunState) {
    this.#known = metrics.length;
    this.#measured = objectives.map(({ name }) => name).filter((name) => !metrics.includes(name));
    this.#state = state;
  }

  /** What is wrong with a line, as the end of a sentence; undefined for a sound one. */
  fault(line: JournalLine): string | undefined {
    if (line.type === 'ask') {
      const { known, id } = line;
      if (known.length !== this.#known) {
        return `has ${known.length} known metrics, where the manifest names ${this.#known}`;
      }
      const { trials } = this.#state;
      const last = trials.length === 0 ? -1 : (trials[trials.length - 1]?.id ?? -1);
      return id > last || this.#state.has(id) ? undefined : `asks for trial ${id} after trial ${last}`;
    }
    if (line.type === 'finalist') return this.#finalistFault(line);
    if (line.type !== 'tell' || line.state !== 'complete') return undefined;
    return this.#lacking(line, 'completes');
  }

  #finalistFault(line: JournalLine & { type: 'finalist' }): string | undefined {
    if (!this.#state.isComplete(line.id)) return `evaluates trial ${line.id} again, which is not complete`;
    return line.state === 'complete' ? this.#lacking(line, 'evaluates', ' again') : undefined;
  }

  /** What a result lacks of the objectives. */
  #lacking(
    { id, values }: JournalLine & { type: 'tell' | 'finalist' },
    does: string,
    again = '',
  ): string | undefined {
    const missing = this.#measured.find((name) => values?.[name] === undefined);
    return missing === undefined ? undefined : `${does} trial ${id}${again} without ${missing}`;
  }

  /**
   * Whether a line repeats what another writer of the run has said: of a trial that has ended, or whose beginning
   * is lost. A run that was written twice is read without them.
   */
  isRepeat(line: JournalLine): boolean {
    if (line.type === 'ask') return this.#state.hasEnded(line.id);
    if (line.type === 'finalist') return this.#state.hasFinalist(line.id, line.seed);
    if (line.type !== 'tell' && line.type !== 'report' && line.type !== 'rung') return false;
    if (!this.#state.has(line.id) || this.#state.hasEnded(line.id)) return true;
    return line.type === 'rung' && this.#state.rungOf(line.id) >= line.step;
  }
}
