/** From what a user writes for a data set to its spec. */
import { existsSync } from 'node:fs';
import { MixnasError, nearest } from '../../base/index.js';
import { type DataSpec, dataSetCatalogue } from '../../training/index.js';

/**
 * A data set by name, or the folder with a user's own images.
 * @throws MixnasError `bad-data` with the near names.
 */
export function parseDataset(text: string): DataSpec {
  if (text === 'cifar10' || text === 'textures') return { name: text };
  if (existsSync(text)) return { name: 'folder', path: text };
  const names = dataSetCatalogue()
    .map(({ name }) => name)
    .filter((name) => name !== 'folder');
  const near = nearest(text, names);
  throw new MixnasError('bad-data', `${text}: no data set and no folder of this name.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `Data sets: ${names.join(', ')}, or a folder of images.`,
  });
}
