/** The data sets there are, and what of them is in the cache. */
import type { DataSetEntry } from './data-set-kind.js';
import { type DataSpec, type ResolvedDataSpec, dataSetKind, dataSetKinds } from './registry.js';

/** A data set that can be asked for by name. */
export interface CatalogueEntry extends DataSetEntry {
  readonly name: DataSpec['name'];
}

/** All data sets, with the state of the cache. */
export function dataSetCatalogue(): CatalogueEntry[] {
  return dataSetKinds.map((kind) => ({ name: kind.name as DataSpec['name'], ...kind.entry() }));
}

/** The data sets of which the name says all. */
export const namedDataSets: readonly string[] = dataSetKinds.flatMap(({ name, named }) =>
  named ? [name] : [],
);

/** Whether a data set has files to fetch or decode. */
export function isFetched(spec: Pick<ResolvedDataSpec, 'name'>): boolean {
  return dataSetKind(spec).fetched;
}
