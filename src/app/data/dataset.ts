/** From what a user writes for a data set to its spec. */
import { existsSync, statSync } from 'node:fs';
import { MixnasError, kindOfFile, nearest } from '../../base/index.js';
import { type DataSpec, namedDataSets } from '../../training/index.js';

/**
 * A data set by name, or the folder with a user's own images.
 * @throws MixnasError `bad-data` with the near names.
 */
export function parseDataset(text: string): DataSpec {
  if (namedDataSets.includes(text)) return { name: text } as DataSpec;
  if (existsSync(text)) {
    if (statSync(text).isFile()) throw notAFolder(text);
    return { name: 'folder', path: text };
  }
  const near = nearest(text, namedDataSets);
  throw new MixnasError('bad-data', `${text}: no data set and no folder of this name.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `Data sets: ${namedDataSets.join(', ')}, or a folder of images.`,
  });
}

function notAFolder(path: string): MixnasError {
  const kind = kindOfFile(path)?.text ?? 'a file';
  return new MixnasError('bad-data', `${path} is ${kind}, not a folder of images.`, {
    remedy: kind.endsWith(' archive')
      ? 'Unpack it, and name the folder with one sub-folder a class.'
      : 'Name the folder with one sub-folder of images a class.',
  });
}
