/** A decoded data set as files that another program reads. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MixnasError, cacheFolder } from '../../../base/index.js';
import type { DataSet, ImageSet, MemorySet } from '../image-set.js';
import { type ResolvedDataSpec, dataSetKind } from '../registry.js';
import { decodedBytes } from './decoded.js';
import { writeDecoded } from './write.js';

/**
 * The folder in the cache that holds a loaded data set decoded: its own, or a copy by content.
 * @throws MixnasError `no-space`; `bad-data` for images that are not held in memory.
 */
export async function decodedFolderOf(spec: ResolvedDataSpec, set: DataSet): Promise<string> {
  const kind = dataSetKind(spec);
  const { folder, cachedBytes } = kind.entry();
  // Of the others, each folder and each resolution is a set of its own.
  if (kind.named && folder !== undefined && cachedBytes > 0 && !('path' in spec && spec.path)) return folder;
  const { train, test } = set;
  if (!isInMemory(train) || !isInMemory(test)) {
    throw new MixnasError(
      'bad-data',
      `${set.name} does not fit in memory, and other programs read it decoded.`,
      {
        remedy: 'Give a smaller dataset.resolution.',
      },
    );
  }
  const hash = createHash('sha256');
  for (const { classes, images, labels } of [train, test]) {
    hash.update(JSON.stringify(classes)).update(images).update(labels);
  }
  const copy = join(cacheFolder(), 'decoded', hash.digest('hex').slice(0, 24));
  if (decodedBytes(copy) === 0) await writeDecoded(copy, { ...set, train, test });
  return copy;
}

const isInMemory = (set: ImageSet): set is MemorySet => set.images instanceof Uint8Array;
