/** Loading a data set by its spec. */
import { parseWith } from '../../base/index.js';
import type { DataSet } from './image-set.js';
import type { LoadOptions } from './options.js';
import { type DataSpec, dataSetKind, dataSpecSchema } from './registry.js';

/**
 * Loads a data set, fetching and decoding it first where that has not been done. The cache is safe when
 * a load is interrupted and when several processes load at once.
 * @throws MixnasError `bad-config` for a wrong spec, `bad-data`, `no-space`; the signal's reason when
 *   aborted.
 */
export async function loadDataSet(spec: DataSpec, options: LoadOptions = {}): Promise<DataSet> {
  const resolved = parseWith(dataSpecSchema, spec, 'data', 'bad-config');
  return dataSetKind(resolved).load(resolved, options);
}
