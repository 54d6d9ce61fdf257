/** A user's own images, one sub-folder a class, decoded once and cached by what the folder holds. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { MixnasError, cacheFolder, messageOf, shortHash } from '../../../base/index.js';
import type { DataSetKind } from '../data-set-kind.js';
import { decodedBytes, readDecoded, withLock, writeDecoded } from '../cache/index.js';
import { type FolderListing, type ImageFile, listImageFolder } from './listing.js';
import { type DataSet, type ImageSet, createDataSet, createLabels, resolutionSchema } from '../image-set.js';
import type { LoadOptions } from '../options.js';

/** What a folder data set can be asked for. */
export interface FolderOptions {
  readonly path: string;
  /** Height and width the images are brought to: scaled to cover the square, the middle cut out. */
  readonly resolution: number;
  /** Share of each class set aside for testing, where the folder has no `test`. */
  readonly testShare: number;
}

/** Raised when decoding changes, so that older cache entries are not used. */
const decodingVersion = 1;
/** Images decoded at once; libvips has its own threads, this keeps them fed. */
const concurrency = 8;
/** A split is one array in memory and one file. */
const maxBytes = 2 ** 31 - 1;

/** Decodes one image to `[side, side, 3]`. @throws MixnasError `bad-data` naming the file. */
async function decodeImage(path: string, side: number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  try {
    return await sharp(path)
      .rotate() // As its EXIF orientation says, before the resize and not after.
      .flatten({ background: '#ffffff' })
      .resize(side, side, { fit: 'cover', position: 'centre' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  } catch (error) {
    throw new MixnasError('bad-data', `${path} is not a readable image (${firstLine(messageOf(error))}).`, {
      remedy: 'Replace or remove the file.',
      cause: error,
    });
  }
}

const firstLine = (text: string) => text.split('\n')[0]?.trim().replace(/\.$/, '') ?? '';

async function decodeSplit(
  files: readonly ImageFile[],
  classes: readonly string[],
  side: number,
  tick: () => void,
): Promise<ImageSet> {
  const imageBytes = side * side * 3;
  if (files.length * imageBytes > maxBytes) {
    const gigabytes = ((files.length * imageBytes) / 2 ** 30).toFixed(1);
    throw new MixnasError(
      'bad-data',
      `${files.length} images at ${side}x${side} would take ${gigabytes} GB.`,
      {
        remedy: 'Lower the resolution, or use fewer images; 2 GB is the most.',
      },
    );
  }
  const images = new Uint8Array(files.length * imageBytes);
  const labels = createLabels(files.length, classes.length);
  const queue = files.entries();
  let failed = false;
  const work = async () => {
    for (const [i, file] of queue) {
      if (failed) return; // Another worker found a broken image; nothing more is needed.
      images.set(await decodeImage(file.path, side), i * imageBytes);
      labels[i] = file.label;
      tick();
    }
  };
  const stop = (error: unknown) => {
    failed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: concurrency }, () => work().catch(stop)));
  return { count: files.length, height: side, width: side, channels: 3, classes, images, labels };
}

async function decodeFolder(
  listing: FolderListing,
  options: FolderOptions,
  load: LoadOptions,
): Promise<DataSet> {
  const total = listing.train.length + listing.test.length;
  let done = 0;
  const tick = () => {
    load.signal?.throwIfAborted();
    load.onProgress?.({ phase: 'decoding images', done: ++done, total, unit: 'images' });
  };
  const train = await decodeSplit(listing.train, listing.classes, options.resolution, tick);
  const test = await decodeSplit(listing.test, listing.classes, options.resolution, tick);
  return createDataSet('folder', train, test);
}

/** Names what a folder holds and how it is decoded: any change of either gives another name. */
function cacheKey(listing: FolderListing, options: FolderOptions): string {
  const files = (list: readonly ImageFile[]) =>
    list.map((file) => [relative(options.path, file.path), file.label, file.bytes, file.modifiedMs]);
  return shortHash({
    decodingVersion,
    resolution: options.resolution,
    classes: listing.classes,
    train: files(listing.train),
    test: files(listing.test),
  });
}

/** Where decoded folders live, one sub-folder a content. */
export const foldersFolder = () => join(cacheFolder(), 'folders');

/**
 * A user's images as a data set. The first load decodes, later ones read the cache.
 * @throws MixnasError `bad-data` for a missing or empty folder or a broken image, `no-space`; the signal's
 *   reason when aborted.
 */
export async function loadFolder(options: FolderOptions, load: LoadOptions = {}): Promise<DataSet> {
  const listing = listImageFolder(options.path, options.testShare);
  const folder = join(foldersFolder(), cacheKey(listing, options));
  const decode = async () => {
    const set = await decodeFolder(listing, options, load);
    await writeDecoded(folder, set);
    return set;
  };
  return (
    readDecoded(folder, load) ??
    withLock(`${folder}.lock`, async () => readDecoded(folder, load) ?? decode(), load)
  );
}

const schema = z.strictObject({
  name: z.literal('folder').describe('Your own images, one sub-folder a class.'),
  path: z.string().min(1).describe('Holds `train/<class>/*` and `test/<class>/*`, or `<class>/*`.'),
  resolution: resolutionSchema
    .default(32)
    .describe(
      'Height and width in pixels that images are brought to: scaled to cover the square, the middle cut out.',
    ),
  testShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('Share of each class set aside for testing, where the folder has no `test`.'),
});

function bytesOfFolders(parent: string): number {
  if (!existsSync(parent)) return 0;
  return readdirSync(parent).reduce((sum, name) => sum + decodedBytes(join(parent, name)), 0);
}

export const folder = {
  name: 'folder',
  schema,
  named: false,
  fetched: true,
  load: (spec, options) => loadFolder(spec, options),
  entry: () => ({
    description: 'your own images, one sub-folder a class',
    source: '<path>/train/<class>/* and <path>/test/<class>/*, or <path>/<class>/*',
    folder: foldersFolder(),
    cachedBytes: bytesOfFolders(foldersFolder()),
  }),
} satisfies DataSetKind<z.output<typeof schema>>;
