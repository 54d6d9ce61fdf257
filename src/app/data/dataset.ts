/** From what a user writes for a data set to its spec. */
import { existsSync, statSync } from 'node:fs';
import { MixnasError, kindOfFile, nearest } from '../../base/index.js';
import { type DataSpec, namedDataSets } from '../../training/index.js';

/**
 * A data set by name, or the folder with a user's own images.
 * @param at from the text to the path of the folder.
 * @throws MixnasError `bad-data` with the near names.
 */
export function parseDataset(text: string, at: (path: string) => string = (path) => path): DataSpec {
  if (namedDataSets.includes(text)) return { name: text } as DataSpec;
  const path = at(text);
  if (existsSync(path)) {
    if (statSync(path).isFile()) throw notAFolder(path);
    return { name: 'folder', path };
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
