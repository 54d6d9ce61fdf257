/** A user's own images, one sub-folder a class, decoded once and cached by what the folder holds. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { cacheFolder } from '../../../base/index.js';
import { decodedBytes, readDecoded, withLock, writeDecoded } from '../cache/index.js';
import { parseChannels } from '../channels.js';
import type { DataSetKind } from '../data-set-kind.js';
import { type DataSet, defaultResolution } from '../image-set.js';
import type { LoadOptions } from '../options.js';
import { contentOf } from './content.js';
import { type FolderTarget, decodeFolder } from './decoding.js';
import { describeCounts } from './describe.js';
import { bytesOf, openLargeFolder } from './large.js';
import { type FolderListing, listImageFolder } from './listing.js';
import { type FolderOptions, diskOf, folderSchema, memoryOf } from './options.js';

/** Raised when decoding changes, so that older cache entries are not used. */
const decodingVersion = 2;

/** Names what a folder holds and how it is decoded: any change of either gives another name. */
function cacheKey({ classes, train, validation, test, broken }: FolderListing, target: FolderTarget): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ decodingVersion, ...target, classes, broken }));
  for (const files of [train, validation, test]) {
    hash.update(`\n${files.length}\n`);
    for (let i = 0; i < files.length; i++) hash.update(files.line(i));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Where decoded folders live, one sub-folder a content. */
const foldersFolder = () => join(cacheFolder(), 'folders');

/**
 * A user's images as a data set. The first load decodes, later ones read the cache; what does not fit in memory is
 * decoded as it is read.
 * @throws MixnasError `bad-data` for a missing or empty folder or broken images, `no-space`; the signal's
 *   reason when aborted.
 */
export async function loadFolder(options: FolderOptions, load: LoadOptions = {}): Promise<DataSet> {
  const { path, testShare, resolution, white } = options;
  const target: FolderTarget = { resolution, channels: parseChannels(load.channels ?? 3), white };
  const listing = listImageFolder(path, testShare);
  const { train, validation, test } = listing;
  const folder = join(foldersFolder(), cacheKey(listing, target));
  const { whole, cache } = memoryOf(options);
  const large = [bytesOf(train, target) + bytesOf(validation, target), bytesOf(test, target)].some(
    (bytes) => bytes > whole,
  );
  const set = large
    ? await openLargeFolder(
        listing,
        target,
        { folder, cacheBytes: cache, disk: diskOf(options, folder) },
        load,
      )
    : await openDecoded(folder, listing, target, load);
  const notes = [describeCounts(listing), ...listing.notes, ...(set.notes ?? [])];
  const total = set.train.count + set.test.count;
  load.onProgress?.({ phase: 'reading the folder', done: total, total, unit: 'images', notes });
  return { ...set, notes };
}

/** The decoded form from the cache; where it is not there, it is made. */
async function openDecoded(folder: string, listing: FolderListing, target: FolderTarget, load: LoadOptions) {
  const decode = async () => {
    const set = await decodeFolder(listing, target, load);
    await writeDecoded(folder, set);
    return set;
  };
  return (
    readDecoded(folder, load) ??
    (await withLock(`${folder}.lock`, async () => readDecoded(folder, load) ?? decode(), load))
  );
}

function bytesOfFolders(parent: string): number {
  if (!existsSync(parent)) return 0;
  return readdirSync(parent).reduce((sum, name) => sum + decodedBytes(join(parent, name)), 0);
}

export const folder = {
  name: 'folder',
  schema: folderSchema,
  named: false,
  fetched: true,
  load: (spec, options) => loadFolder({ ...spec, resolution: spec.resolution ?? defaultResolution }, options),
  content: ({ path, testShare }) => contentOf(listImageFolder(path, testShare)),
  entry: () => ({
    description: 'your own images, one sub-folder a class',
    source: '<path>/train/<class>/* with val/ and test/ alike, or <path>/<class>/*',
    folder: foldersFolder(),
    cachedBytes: bytesOfFolders(foldersFolder()),
  }),
} satisfies DataSetKind<z.output<typeof folderSchema>>;
