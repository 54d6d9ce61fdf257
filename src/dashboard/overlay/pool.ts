/** The runs that are overlaid: each read a slice at a time, and followed while it grows. */
import { messageOf } from '../../base/index.js';
import { createFront } from '../../pareto/index.js';
import {
  type RunView,
  SlicedReading,
  type TrialRow,
  costsOfRow,
  lastChange,
  metricOf,
  rulesOf,
} from '../../runs/index.js';
import { activeSeconds } from '../model/clock.js';

/** A trial that joined its run's front when it ended. */
export interface Joined {
  readonly id: number;
  /** Finished trials of its run up to then, and seconds of searching. */
  readonly trials: number;
  readonly seconds: number;
  readonly metric: (name: string) => number;
}

export interface OverlaidRun {
  readonly name: string;
  readonly folder: string;
  /** Undefined while it is being read, and where it cannot be. */
  readonly view: RunView | undefined;
  readonly problem: string | undefined;
  /** In the order of ending. */
  readonly joined: readonly Joined[];
  /** The members of the front as it is now. */
  readonly front: readonly Joined[];
  readonly finished: number;
}

export interface RunPool {
  readonly runs: readonly OverlaidRun[];
  /** Which runs are meant from now on. */
  want(runs: readonly { readonly name: string; readonly folder: string }[]): void;
  /** Reads on for about so many milliseconds. `more`: there is more to read. */
  work(forMs: number): { readonly changed: boolean; readonly more: boolean };
  /** Looks whether a run has grown. */
  look(): void;
}

/** Rows between two looks at the clock. */
const stride = 256;

interface Entry {
  readonly name: string;
  readonly folder: string;
  reading: SlicedReading | undefined;
  read: boolean;
  /** When its journal was last written, as it was read. */
  changedAt: number;
  fold: Generator<undefined, OverlaidRun> | undefined;
  shown: OverlaidRun;
}

export function createRunPool(): RunPool {
  const known = new Map<string, Entry>();
  let wanted: readonly Entry[] = [];
  let shown: readonly OverlaidRun[] = [];

  const entryOf = ({ name, folder }: { name: string; folder: string }): Entry => {
    const found = known.get(folder);
    if (found) return found;
    const unread = { name, folder, view: undefined, problem: undefined, joined: [], front: [], finished: 0 };
    const entry: Entry = {
      name,
      folder,
      reading: undefined,
      read: false,
      changedAt: -1,
      fold: undefined,
      shown: unread,
    };
    known.set(folder, entry);
    return entry;
  };

  /** Works on one run; returns whether it is finished. */
  function step(entry: Entry, until: number): boolean {
    try {
      if (!entry.read) {
        entry.changedAt = lastChange(entry.folder);
        entry.reading ??= new SlicedReading(entry.folder);
        entry.read = entry.reading.advance(until - performance.now());
        if (!entry.read) return false;
      }
      entry.fold ??= fold(entry, (entry.reading as SlicedReading).view());
      while (performance.now() < until) {
        const { done, value } = entry.fold.next();
        if (!done) continue;
        entry.fold = undefined;
        entry.shown = value;
        return true;
      }
      return false;
    } catch (error) {
      entry.fold = undefined;
      entry.reading = undefined;
      entry.read = true;
      entry.shown = { ...entry.shown, problem: messageOf(error) };
      return true;
    }
  }

  /** The same list while nothing changes: it is drawn again only when it is another. */
  function show(): void {
    const next = wanted.map((entry) => entry.shown);
    if (next.length !== shown.length || next.some((run, i) => run !== shown[i])) shown = next;
  }

  const isOpen = (entry: Entry) => !entry.read || entry.fold !== undefined;

  return {
    get runs() {
      return shown;
    },
    want(runs) {
      wanted = runs.map(entryOf);
      show();
    },
    work(forMs) {
      const until = performance.now() + forMs;
      let changed = false;
      for (const entry of wanted) {
        if (performance.now() >= until) break;
        if (isOpen(entry) && step(entry, until)) changed = true;
      }
      show();
      return { changed, more: wanted.some(isOpen) };
    },
    look() {
      for (const entry of wanted) {
        if (isOpen(entry) || lastChange(entry.folder) === entry.changedAt) continue;
        entry.read = false;
      }
    },
  };
}

/** Goes through the trials in the order of ending. */
function* fold({ name, folder }: Entry, view: RunView): Generator<undefined, OverlaidRun> {
  const rules = rulesOf(view);
  const front = createFront<Joined>(rules.objectives.length);
  const joined: Joined[] = [];
  let finished = 0;
  // The rows of a run that is followed are replaced, not changed: a copy of the list stays as it is.
  const ended = view.trials.filter(({ endedAt }) => endedAt !== undefined);
  yield undefined;
  const order = isSorted(ended)
    ? ended
    : ended.toSorted((a, b) => (a.endedAt as number) - (b.endedAt as number));
  for (const [i, row] of order.entries()) {
    if (i % stride === 0) yield undefined;
    finished++;
    const costs = costsOfRow(row, rules);
    if (!costs) continue;
    const one = joinedOf(row, finished, view);
    if (!front.add(one, costs)) continue;
    joined.push(one);
  }
  return { name, folder, view, problem: undefined, joined, front: front.members(), finished };
}

const isSorted = (rows: readonly TrialRow[]) =>
  rows.every((row, i) => i === 0 || (rows[i - 1]?.endedAt ?? 0) <= (row.endedAt ?? 0));

const joinedOf = (row: TrialRow, trials: number, view: RunView): Joined => ({
  id: row.id,
  trials,
  seconds: activeSeconds(view, row.endedAt ?? row.startedAt),
  metric: (name) => metricOf(row, name) ?? Number.NaN,
});
