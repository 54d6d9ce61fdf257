/**
 * All trials of a run as columns of numbers, so that 100,000 of them sort, filter and plot at once. Rows
 * stay in the order of their ids; new ones and new results are taken over one by one.
 */
import { lowerBound } from '../../base/index.js';
import { type FrontRules, type UpperLimit, frontCosts } from '../../metrics/index.js';
import { metricOf, metricReader, type RowState, type TrialRow } from '../../runs/index.js';
import { createFront } from '../../pareto/index.js';

/** What is read of a trial. */
export type TrialInput = Pick<
  TrialRow,
  'id' | 'state' | 'known' | 'values' | 'startedAt' | 'endedAt' | 'seconds'
>;

export interface TrialTable {
  readonly count: number;
  readonly counts: Readonly<Record<RowState, number>>;
  /** A column by metric, NaN where a trial has no value yet; only the first `count` are valid. */
  column(metric: string): Float64Array;
  /** Ids by row, and how long each evaluation took, NaN where it did not end; as `column`. */
  ids(): Uint32Array;
  seconds(): Float64Array;
  /** What each row is on a plot, by row: one of `kinds`; only the first `count` are valid. */
  kinds(): Uint8Array;
  stateOf(row: number): RowState;
  onFront(row: number): boolean;
  /** When a trial joined the front, in ms since 1970; NaN when it never did. */
  joinedAt(row: number): number;
  /** When a trial was driven off the front, in ms since 1970; NaN when it was not. */
  leftAt(row: number): number;
  /** Rows that were on the front at a moment, in ms since 1970. */
  frontAt(time: number): readonly number[];
  /** Rows in the order in which they ended; twice where one was tried again. */
  endings(): readonly number[];
  /** Rows that failed, in the order of failing. */
  failures(): readonly number[];
  /** Rows on the front. */
  front(): readonly number[];
  rowOf(id: number): number | undefined;
}

/** What a trial is on a plot: nothing yet, beaten, beyond a limit, or on the front. */
export const kinds = { open: 0, beaten: 1, beyond: 2, front: 3 } as const;

const states: readonly RowState[] = ['running', 'complete', 'pruned', 'failed', 'interrupted'];

/** A table that grows. */
export interface GrowingTable extends TrialTable {
  /** Takes over a row that is new or has changed. Rows come without gaps. */
  set(row: number, trial: TrialInput): void;
}

/**
 * An empty table.
 * @param metrics the columns to keep, the objectives among them.
 * @param rules what the front is.
 * @param limits upper limits: a trial beyond one is never on the front.
 * @param expected rows that will come at once.
 */
export function createTrialTable(
  metrics: readonly string[],
  rules: FrontRules,
  limits: readonly UpperLimit[],
  expected = 0,
): GrowingTable {
  const room = expected + Math.max(1024, expected >> 3);
  const columns = metrics.map((name) => ({ name, read: metricReader(name), values: new Float64Array(room) }));
  const byName = new Map(columns.map((column) => [column.name, column]));
  let states8 = new Uint8Array(room);
  let joined = new Float64Array(room);
  let left = new Float64Array(room);
  let ids = new Uint32Array(room);
  let kinds8 = new Uint8Array(room);
  let seconds = new Float64Array(room);
  const joiners: number[] = [];
  const failures: number[] = [];
  const endings: number[] = [];
  const front = createFront<number>(rules.objectives.length);
  const counts = { running: 0, complete: 0, pruned: 0, failed: 0, interrupted: 0 };
  let count = 0;

  const grow = (): void => {
    const size = states8.length * 2;
    const larger = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const wide = new Float64Array(size);
      wide.set(old);
      return wide;
    };
    for (const column of columns) column.values = larger(column.values);
    joined = larger(joined);
    left = larger(left);
    seconds = larger(seconds);
    const wideIds = new Uint32Array(size);
    wideIds.set(ids);
    ids = wideIds;
    const largerBytes = (old: Uint8Array): Uint8Array<ArrayBuffer> => {
      const wide = new Uint8Array(size);
      wide.set(old);
      return wide;
    };
    states8 = largerBytes(states8);
    kinds8 = largerBytes(kinds8);
  };

  /** Ids rise with the rows, and mostly equal them. */
  const rowOf = (id: number): number | undefined => {
    const row = lowerBound(ids, id, Math.min(count, id + 1));
    return row < count && ids[row] === id ? row : undefined;
  };
  const feasible = (row: number): boolean =>
    limits.every(({ metric, max }) => !((byName.get(metric)?.values[row] ?? 0) > max));

  /** What a row is compared by on the front, from the columns where they hold it. */
  const costsAt = (row: number, trial: TrialInput) =>
    frontCosts((metric) => {
      const column = byName.get(metric);
      if (!column) return metricOf(trial, metric);
      const value = column.values[row] as number;
      return Number.isNaN(value) ? undefined : value;
    }, rules);

  return {
    get count() {
      return count;
    },
    counts,
    column: (metric) => byName.get(metric)?.values ?? new Float64Array(0),
    stateOf: (row) => states[states8[row] as number] as RowState,
    ids: () => ids,
    seconds: () => seconds,
    kinds: () => kinds8,
    onFront: (row) => kinds8[row] === kinds.front,
    joinedAt: (row) => joined[row] as number,
    leftAt: (row) => left[row] as number,
    frontAt: (time) =>
      joiners.filter((row) => (joined[row] as number) <= time && !((left[row] as number) <= time)),
    endings: () => endings,
    failures: () => failures,
    front: () => front.members(),
    rowOf,
    set(row, trial) {
      while (row >= states8.length) grow();
      if (row === count) {
        count++;
        joined[row] = Number.NaN;
        left[row] = Number.NaN;
      } else {
        const before = states[states8[row] as number] as RowState;
        counts[before]--;
        // It is tried again.
        if (before === 'failed') failures.splice(failures.indexOf(row), 1);
      }
      counts[trial.state]++;
      ids[row] = trial.id;
      states8[row] = states.indexOf(trial.state);
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] as (typeof columns)[number];
        column.values[row] = column.read(trial);
      }
      seconds[row] = trial.seconds ?? Number.NaN;
      kinds8[row] = kinds.open;
      if (trial.state === 'failed') failures.push(row);
      if (trial.endedAt !== undefined) endings.push(row);
      if (trial.state !== 'complete') return;
      kinds8[row] = feasible(row) ? kinds.beaten : kinds.beyond;
      const costs = kinds8[row] === kinds.beyond ? undefined : costsAt(row, trial);
      const gone = costs && front.add(row, costs);
      if (!gone) return;
      kinds8[row] = kinds.front;
      for (const one of gone) kinds8[one] = kinds.beaten;
      const at = trial.endedAt ?? trial.startedAt;
      joined[row] = at;
      joiners.push(row);
      for (const one of gone) left[one] = at;
    },
  };
}
