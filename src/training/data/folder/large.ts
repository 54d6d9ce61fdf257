/** A folder whose decoded images do not fit in memory: every image is decoded once, for what must be known of all, and kept on disk where there is room. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  asDiskError,
  formatBytes,
  formatInteger,
  makeFolders,
  readJsonFile,
  writeFileAtomic,
} from '../../../base/index.js';
import { DecodedWriter, openDecoded, withLock } from '../cache/index.js';
import type { DataSet, ImageSet } from '../image-set.js';
import { type LoadOptions, writingTo } from '../options.js';
import { createImageReader, imageFiles, storedImages } from '../stream/index.js';
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

/** Where a large folder's decoded form goes. */
export interface LargeFolder {
  /** In the cache: what was found out of all images, and these decoded. */
  readonly folder: string;
  /** Bytes of decoded images that a split may keep in memory. */
  readonly cacheBytes: number;
  /** Bytes that all decoded images may take on disk, and those for which there is room. */
  readonly disk: { readonly most: number; readonly room: number };
}

/**
 * A folder as a data set whose images are read ahead of their use: from the cache, which holds them decoded where the
 * disk has room for them, else from their files.
 */
export async function openLargeFolder(
  listing: FolderListing,
  target: FolderTarget,
  large: LargeFolder,
  load: LoadOptions,
): Promise<DataSet> {
  const { folder, cacheBytes, disk } = large;
  const train = trainingFiles(listing);
  const count = train.length + listing.test.length;
  const bytes = bytesOf(train, target) + bytesOf(listing.test, target);
  const said = (from: string) =>
    `${formatInteger(count)} images would take ${formatBytes(bytes)}: they are ${from} ahead of training, and ${formatBytes(cacheBytes)} of each split are kept.`;
  const stored = () =>
    openDecoded(folder, (path, own) =>
      createImageReader(storedImages(path, own.count, own.width * own.height * own.channels), cacheBytes),
    );
  const known = (set: DataSet, from: string): DataSet => ({
    ...set,
    notes: [...(set.notes ?? []), said(from)],
  });
  const found = () => {
    const set = bytes <= disk.most ? stored() : undefined;
    if (set) return known(set, 'read from the cache');
    // There may be room now for what had none when all was looked at: then it is decoded once more.
    const scan = bytes <= disk.room ? undefined : readScan(scanOf(folder));
    return scan && known(openFiles(listing, target, scan, cacheBytes), 'decoded');
  };
  const make = async () => {
    const { scan, stored: whole } = await scanInto(
      bytes <= disk.room ? folder : undefined,
      listing,
      target,
      load,
    );
    if (whole) return known(stored() as DataSet, 'read from the cache');
    await writingTo(folder, () => {
      makeFolders(folder);
      writeFileAtomic(scanOf(folder), `${JSON.stringify({ format: 1, ...scan })}\n`);
    });
    return known(openFiles(listing, target, scan, cacheBytes), 'decoded');
  };
  return found() ?? withLock(`${folder}.lock`, async () => found() ?? make(), load);
}

const scanOf = (folder: string) => join(folder, 'scan.json');

/**
 * Decodes every image once, and stores what comes out where a folder is given for it.
 * @returns `stored`: whether all of it is there; a disk that is full after all is no reason to stop.
 */
async function scanInto(
  folder: string | undefined,
  listing: FolderListing,
  target: FolderTarget,
  load: LoadOptions,
): Promise<{ readonly scan: Scan; readonly stored: boolean }> {
  let writer: DecodedWriter | undefined;
  const writing = (step: () => void) => {
    try {
      step();
    } catch (error) {
      if (!folder || !asDiskError(error, folder)) throw error;
      writer?.drop();
      writer = undefined;
    }
  };
  try {
    writing(() => (writer = folder === undefined ? undefined : new DecodedWriter(folder)));
    const scan = await scanFolder(listing, target, load, (split, _, pixels) =>
      writing(() => writer?.add(split, pixels)),
    );
    const { mean, std, notes } = scan;
    writing(() =>
      writer?.finish({
        name: 'folder',
        train: splitOf(listing, trainingFiles(listing), target),
        test: splitOf(listing, listing.test, target),
        mean,
        std,
        ...(notes.length > 0 && { notes }),
      }),
    );
    return { scan, stored: writer !== undefined };
  } catch (error) {
    writer?.drop();
    throw error;
  }
}

/** The images of a folder, decoded from their files as they are read. */
function openFiles(listing: FolderListing, target: FolderTarget, scan: Scan, cacheBytes: number): DataSet {
  const { resolution: side, channels, white } = target;
  const open = (files: FileList): ImageSet => {
    const source = imageFiles({
      count: files.length,
      target: { side, channels, white },
      plain: scan.plain,
      path: (index) => files.path(index),
    });
    return { ...splitOf(listing, files, target), images: createImageReader(source, cacheBytes) };
  };
  const { mean, std, notes } = scan;
  return { name: 'folder', train: open(trainingFiles(listing)), test: open(listing.test), mean, std, notes };
}
