/** A folder whose decoded images do not fit in memory: every image is decoded once for what must be known of all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  formatBytes,
  formatInteger,
  makeFolders,
  readJsonFile,
  writeFileAtomic,
} from '../../../base/index.js';
import { withLock } from '../cache/index.js';
import type { DataSet, ImageSet } from '../image-set.js';
import { type LoadOptions, writingTo } from '../options.js';
import { createImageReader } from '../stream/index.js';
import { type FolderTarget, type Scan, scanFolder, splitOf, trainingFiles } from './decoding.js';
import type { FileList } from './file-list.js';
import type { FolderListing } from './listing.js';

const scanSchema = z.strictObject({
  format: z.literal(1),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  notes: z.array(z.string()),
  plain: z.boolean(),
});

function readScan(path: string): Scan | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return scanSchema.parse(readJsonFile(path, 'bad-data', { own: true }));
  } catch {
    return undefined; // A cache that does not read is a cache to build again.
  }
}

/** Bytes of a split's decoded images. */
export const bytesOf = (files: FileList, { resolution, channels }: FolderTarget) =>
  files.length * resolution ** 2 * channels;

/**
 * A folder as a data set whose images are decoded as they are read.
 * @param folder where what was found out of all images is kept.
 * @param cacheBytes how many bytes of decoded images a split may keep.
 */
export async function openLargeFolder(
  listing: FolderListing,
  target: FolderTarget,
  { folder, cacheBytes }: { readonly folder: string; readonly cacheBytes: number },
  load: LoadOptions,
): Promise<DataSet> {
  const path = join(folder, 'scan.json');
  const scan = async () => {
    const found = await scanFolder(listing, target, load, () => {});
    await writingTo(folder, () => {
      makeFolders(folder);
      writeFileAtomic(path, `${JSON.stringify({ format: 1, ...found })}\n`);
    });
    return found;
  };
  const { mean, std, notes, plain } =
    readScan(path) ?? (await withLock(`${folder}.lock`, async () => readScan(path) ?? scan(), load));
  const { resolution: side, channels, white } = target;
  const open = (files: FileList): ImageSet => ({
    ...splitOf(listing, files, target),
    images: createImageReader({
      count: files.length,
      target: { side, channels, white },
      plain,
      cacheBytes,
      path: (index) => files.path(index),
    }),
  });
  const train = trainingFiles(listing);
  const bytes = bytesOf(train, target) + bytesOf(listing.test, target);
  const said = `${formatInteger(train.length + listing.test.length)} images would take ${formatBytes(bytes)}: they are decoded ahead of training, and ${formatBytes(cacheBytes)} of each split are kept.`;
  return { name: 'folder', train: open(train), test: open(listing.test), mean, std, notes: [...notes, said] };
}
