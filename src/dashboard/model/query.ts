/** Filters and orders over the trial table. */
import { MixnasError } from '../../base/index.js';
import type { TrialRow } from '../../runs/index.js';
import { sortByKey } from './order.js';
import type { TrialTable } from './trials.js';

/** A column that filters and orders can name. */
export interface QueryColumn {
  /** What the user types: `accuracy`, `mali-g76`, `params`. */
  readonly key: string;
  /** NaN where a row has none. */
  value(row: number): number;
  /** The values of all rows at once, where they lie in one array. */
  values?(): ArrayLike<number>;
}

export type Predicate = (row: number) => boolean;

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
};

const suffixes: Readonly<Record<string, number>> = { '': 1, '%': 0.01, k: 1e3, m: 1e6, g: 1e9 };

/**
 * A filter from terms that must all hold: `accuracy>70%`, `mali-g76<=12`, `params<2M`, or a word: a state
 * (`failed`), `front`, or an origin (`mutation`). A key may be shortened while only one fits.
 * @param origin where a row comes from and why it failed, for words that are not a state.
 * @throws MixnasError `bad-usage` that names the term.
 */
export function parseFilter(
  text: string,
  table: TrialTable,
  columns: readonly QueryColumn[],
  origin: (row: number) => Pick<TrialRow, 'origin' | 'reason'>,
): Predicate {
  const terms = text
    .trim()
    .split(/\s+/)
    .filter((term) => term !== '');
  const tests = terms.map((term): Predicate => {
    const comparison = /^([^<>=]+)(<=|>=|<|>|=)(-?[\d.]+)([%kmgKMG]?)$/.exec(term);
    if (!comparison) {
      if (/[<>=]/.test(term)) throw misunderstood(term, 'compare with a number, such as accuracy>70%');
      const word = term.toLowerCase();
      /** Of 100,000 trials' words few are different. */
      const known = new Map<string, boolean>();
      const includes = (other: string): boolean => {
        let found = known.get(other);
        if (found === undefined) known.set(other, (found = other.toLowerCase().includes(word)));
        return found;
      };
      return (row) => {
        if ((word === 'front' && table.onFront(row)) || table.stateOf(row) === word) return true;
        const trial = origin(row);
        return includes(trial.origin) || (trial.reason !== undefined && includes(trial.reason));
      };
    }
    const [, name = '', sign = '', digits = '', suffix = ''] = comparison;
    const value = Number(digits) * (suffixes[suffix.toLowerCase()] ?? 1);
    const test = comparisons[sign];
    const column = findColumn(name.toLowerCase(), columns);
    if (!column || !test || Number.isNaN(value)) {
      throw misunderstood(term, `columns: ${columns.map((c) => c.key).join(', ')}`);
    }
    return (row) => test(column.value(row), value);
  });
  const [only] = tests;
  return tests.length === 1 && only ? only : (row) => tests.every((test) => test(row));
}

function findColumn(name: string, columns: readonly QueryColumn[]): QueryColumn | undefined {
  const exact = columns.find((column) => column.key === name);
  const begins = columns.filter((column) => column.key.startsWith(name));
  return exact ?? (begins.length === 1 ? begins[0] : undefined);
}

function misunderstood(term: string, hint: string): MixnasError {
  return new MixnasError('bad-usage', `Filter ${term}: ${hint}`);
}

/** What rows are sorted by, by row: kept, because a new one at every look would cost more than the sort. */
let keys = new Float64Array(0);

/** The rows that pass, ordered by a column, rows without a value last; equal values in the order of rows. */
export function selectRows(
  table: TrialTable,
  keep: Predicate | undefined,
  by: QueryColumn,
  descending: boolean,
): Uint32Array {
  const { count } = table;
  const rows = new Uint32Array(count);
  let kept = 0;
  for (let row = 0; row < count; row++) if (!keep || keep(row)) rows[kept++] = row;
  const found = rows.subarray(0, kept);
  if (keys.length < count) keys = new Float64Array(2 * count);
  const values = by.values?.();
  let rising = true;
  let falling = true;
  let last = Number.NaN;
  for (let i = 0; i < kept; i++) {
    const row = rows[i] as number;
    const value = values ? (values[row] as number) : by.value(row);
    // One comparison does for every case: what has no value sorts behind every number.
    const key = Number.isNaN(value) ? Number.POSITIVE_INFINITY : descending ? -value : value;
    keys[row] = key;
    rising &&= !(key < last);
    falling &&= !(key >= last);
    last = key;
  }
  // Ids come in order, and newest first is the usual view: no need to sort 100,000 of them.
  if (rising) return found;
  return falling ? found.toReversed() : sortByKey(found, keys);
}
