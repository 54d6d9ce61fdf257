/** Loading a data set by its spec. */
import { parseWith, unreachable } from '../../base/index.js';
import { loadCifar10 } from './cifar10.js';
import { loadFolder } from './folder.js';
import type { DataSet } from './image-set.js';
import type { LoadOptions } from './options.js';
import { type DataSpec, dataSpecSchema } from './spec.js';
import { createTextures } from './textures.js';

/**
 * Loads a data set, fetching and decoding it first where that has not been done. The cache is safe when
 * a load is interrupted and when several processes load at once.
 * @throws MixnasError `bad-config` for a wrong spec, `bad-data`, `no-space`; the signal's reason when
 *   aborted.
 */
export async function loadDataSet(spec: DataSpec, options: LoadOptions = {}): Promise<DataSet> {
  const resolved = parseWith(dataSpecSchema, spec, 'data', 'bad-config');
  switch (resolved.name) {
    case 'cifar10':
      return loadCifar10(resolved, options);
    case 'textures':
      return createTextures(resolved, options);
    case 'folder':
      return loadFolder(resolved, options);
    default:
      return unreachable(resolved);
  }
}
