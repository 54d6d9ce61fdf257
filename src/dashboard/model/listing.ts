/** The rows of the trials table: those that a filter keeps, in the order of a column. */
import { messageOf } from '../../base/index.js';
import type { UiState } from '../state.js';
import { trialColumns } from './columns.js';
import { orderRows, rowFilter } from './query.js';
import type { RunModel } from './run-model.js';

export interface Listing {
  readonly rows: Uint32Array;
  /** Why the filter is not understood; all rows are listed then. */
  readonly problem: string | undefined;
  /** Whether some trials are still to be looked at: looking into 100,000 networks takes longer than a frame. */
  readonly unfinished: boolean;
}

/** How long an order that takes work is kept while trials come in. */
const keptMs = 500;
/** How long networks are looked into between two frames. */
const sliceMs = 8;
/** Rows between two looks at the clock. */
const stride = 64;

/** Tries a filter on the rows of a table, a slice at a time. */
class RowScan {
  #rows = new Uint32Array(1024);
  #kept = 0;
  #at = 0;

  constructor(
    readonly model: RunModel,
    readonly version: number,
    readonly test: (row: number) => boolean,
  ) {}

  /** Returns whether all rows were tried. */
  advance(forMs: number): boolean {
    const { count } = this.model.table;
    const until = performance.now() + forMs;
    while (this.#at < count) {
      const end = Math.min(count, this.#at + stride);
      if (this.#kept + stride > this.#rows.length) {
        const wide = new Uint32Array(2 * this.#rows.length);
        wide.set(this.#rows);
        this.#rows = wide;
      }
      for (; this.#at < end; this.#at++) if (this.test(this.#at)) this.#rows[this.#kept++] = this.#at;
      if (performance.now() >= until) break;
    }
    return this.#at >= count;
  }

  get found(): Uint32Array {
    return this.#rows.slice(0, this.#kept);
  }
}

type Order = Pick<UiState, 'sort'> & { readonly filter: string };

interface Kept {
  readonly model: RunModel;
  readonly table: RunModel['table'];
  readonly key: string;
  /** The change of the run that the listing is of, and when that was. */
  version: number;
  at: number;
  listing: Listing;
  /** What is still being looked through; of a newer version where the listing is finished. */
  scan: RowScan | undefined;
}
let kept: Kept | undefined;

/** The rows as the filter and the sort say; in a live run those of a moment ago. */
export function listing(model: RunModel, order: Order, now: number): Listing {
  const { table, version } = model;
  const isCheap = order.sort.column === 'id' && order.filter.trim() === '';
  const key = JSON.stringify(order);
  const known = kept?.table === table && kept.model === model && kept.key === key ? kept : undefined;
  if (known?.scan) return advance(known, order);
  const isRecent = !isCheap && Math.abs(now - (known?.at ?? 0)) < keptMs;
  if (known && (known.version === version || isRecent)) return known.listing;
  return begin(model, order, key, now, known);
}

function begin(model: RunModel, order: Order, key: string, now: number, known: Kept | undefined): Listing {
  const { table, version } = model;
  const { filter, problem } = compiled(model, order.filter);
  const scan = filter && new RowScan(model, version, filter.test);
  // Numbers are tried at once: a key shows its effect in the same frame.
  if (scan && !filter.readsNetworks) scan.advance(Number.POSITIVE_INFINITY);
  const fresh: Kept = { model, table, key, version, at: now, scan: undefined, listing: nothing };
  kept = fresh;
  if (scan && filter.readsNetworks) {
    fresh.scan = scan;
    if (known) fresh.listing = known.listing;
    return advance(fresh, order);
  }
  const rows = scan?.found ?? Uint32Array.from({ length: table.count }, (_, row) => row);
  fresh.listing = { rows: sorted(model, rows, order), problem, unfinished: false };
  return fresh.listing;
}

const nothing: Listing = { rows: new Uint32Array(0), problem: undefined, unfinished: true };

function advance(its: Kept, order: Order): Listing {
  const scan = its.scan as RowScan;
  const done = scan.advance(sliceMs);
  if (done) its.scan = undefined;
  // A listing that was finished once is shown until the next is.
  if (done || its.listing.unfinished) {
    its.listing = { rows: sorted(its.model, scan.found, order), problem: undefined, unfinished: !done };
  }
  return its.listing;
}

function sorted(model: RunModel, rows: Uint32Array, { sort: { column, descending } }: Order): Uint32Array {
  const columns = trialColumns(model);
  const by = columns.find(({ key }) => key === column) ?? columns[0];
  return orderRows(model.table, rows, by, descending);
}

function compiled(model: RunModel, text: string) {
  try {
    return { filter: text.trim() === '' ? undefined : rowFilter(text, model), problem: undefined };
  } catch (error) {
    return { filter: undefined, problem: messageOf(error) };
  }
}

/** Whether a part of the listing is still to be looked through. */
export const isListing = (model: RunModel): boolean => kept?.model === model && kept.scan !== undefined;
