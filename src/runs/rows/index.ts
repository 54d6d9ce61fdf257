/**
 * Trials as rows. A row keeps what the journal says of its trial in stores that all rows of a run share, and decodes it
 * where it is looked at. Read trial-row.ts first.
 */
export { metricOf, metricReader, precisionsOf } from './metrics.js';
export { pageSize } from './number-store.js';
export { type Rare, nothingRare } from './rare.js';
export { Row } from './row.js';
export { RowShelf } from './row-shelf.js';
export { textsOfPage } from './text-store.js';
export type { RowState, RungRow, TrialRow } from './trial-row.js';
