/**
 * The order in which results count for a sampler. By number, a sampler sees what is fixed for its trial, and the same
 * seed gives the same trials; by completion it sees all that is known, and a slow trial holds nobody up.
 */
import { createSettledCursor } from '../../base/index.js';
import type { Entry } from './entry.js';

/** Places, from 0, of the trials as a sampler counts them: those with results first. */
export interface ResultOrder {
  /** How many results count. */
  absorbed(): number;
  /** Takes a trial whose result is in. */
  settle(entry: Entry): void;
  /** The trial at a place. */
  at(place: number): Entry;
  /** The trials at places from `first` up to `end`. */
  between(first: number, end: number): readonly Entry[];
  /** Whether the first `count` results count already, as far as somebody is to wait for them. */
  has(count: number): boolean;
  /** How many of the first results a sampler sees that needs `needed`. */
  horizon(needed: number): number;
}

type Absorb = (entry: Entry, place: number) => void;

/** By number: a result counts once all before it are in. */
export function orderByNumber(trials: readonly Entry[], absorb: Absorb): ResultOrder {
  const absorbed = createSettledCursor(
    (id) => (trials[id]?.state ?? 'running') !== 'running',
    (id) => absorb(trials[id] as Entry, id),
  );
  return {
    absorbed,
    settle: () => void absorbed(),
    at: (place) => trials[place] as Entry,
    between: (first, end) => trials.slice(first, end),
    has: (count) => count <= absorbed(),
    horizon: (needed) => Math.min(absorbed(), needed),
  };
}

/** By completion: a result counts at once; those that run come after all that are done. */
export function orderByCompletion(trials: readonly Entry[], absorb: Absorb): ResultOrder {
  const done: Entry[] = [];
  const isRunning = (entry: Entry) => entry.state === 'running';
  return {
    absorbed: () => done.length,
    settle(entry) {
      done.push(entry);
      absorb(entry, done.length - 1);
    },
    at: (place) => done[place] as Entry,
    between(first, end) {
      const running = end > done.length ? trials.filter(isRunning) : [];
      return [
        ...done.slice(first, end),
        ...running.slice(Math.max(0, first - done.length), end - done.length),
      ];
    },
    has: () => true,
    horizon: () => done.length,
  };
}
