/** From what a user writes for a data set to its spec. */
import { existsSync } from 'node:fs';
import { MixnasError, nearest } from '../../base/index.js';
import { type DataSpec, namedDataSets } from '../../training/index.js';

/**
 * A data set by name, or the folder with a user's own images.
 * @throws MixnasError `bad-data` with the near names.
 */
export function parseDataset(text: string): DataSpec {
  if (namedDataSets.includes(text)) return { name: text } as DataSpec;
  if (existsSync(text)) return { name: 'folder', path: text };
  const near = nearest(text, namedDataSets);
  throw new MixnasError('bad-data', `${text}: no data set and no folder of this name.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `Data sets: ${namedDataSets.join(', ')}, or a folder of images.`,
  });
}
