/** Orders over the trial table, and filters with how a table gets at its trials. */
import { type Filter, type FilterVocabulary, compileFilter } from '../../metrics/index.js';
import { filterVocabulary, trialFields } from '../../runs/index.js';
import { spaceOf } from './candidate.js';
import { sortByKey } from './order.js';
import type { RunModel } from './run-model.js';
import type { TrialTable } from './trials.js';

/** A column that orders can name. */
export interface QueryColumn {
  /** What filters call it: `accuracy`, `mali-g76`, `params`. */
  readonly key: string;
  /** NaN where a row has none. */
  value(row: number): number;
  /** The values of all rows at once, where they lie in one array. */
  values?(): ArrayLike<number>;
}

/** What the run's trials can be asked for. */
export function vocabularyOf(model: RunModel): FilterVocabulary {
  return model.memo('vocabulary', () => filterVocabulary(model.view));
}

/**
 * Compiles a filter over the rows of the table.
 * @throws MixnasError `bad-usage` or `bad-config` with the place of what is wrong.
 */
export function rowFilter(text: string, model: RunModel): Filter<number> {
  const { table } = model;
  const fields = trialFields(
    () => spaceOf(model),
    () => false,
  );
  return compileFilter<number>(
    text,
    vocabularyOf(model),
    {
      number(metric) {
        if (metric === 'trial') return (row) => table.ids()[row] as number;
        if (metric === 'seconds') return (row) => table.seconds()[row] as number;
        // A column grows by a larger one in its place; a filter lives shorter than that.
        const column = table.column(metric);
        if (column.length > 0) return (row) => column[row] as number;
        const of = fields.number(metric);
        return (row) => of(model.row(row));
      },
      text(field) {
        if (field === 'state') return (row) => table.stateOf(row);
        const of = fields.text(field);
        return (row) => of(model.row(row));
      },
      onFront: (row) => table.onFront(row),
      blocks(field) {
        const of = fields.blocks(field);
        return (row) => of(model.row(row));
      },
    },
    'Filter',
  );
}

/** What rows are sorted by, by row: kept, because a new one at every look would cost more than the sort. */
let keys = new Float64Array(0);

/** Rows ordered by a column, those without a value last; equal values in the order of rows. */
export function orderRows(
  { count }: TrialTable,
  found: Uint32Array,
  by: QueryColumn,
  descending: boolean,
): Uint32Array {
  const kept = found.length;
  if (keys.length < count) keys = new Float64Array(2 * count);
  const values = by.values?.();
  let rising = true;
  let falling = true;
  let last = Number.NaN;
  for (let i = 0; i < kept; i++) {
    const row = found[i] as number;
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
