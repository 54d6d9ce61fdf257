/** A user's own images, one sub-folder a class, decoded once and cached by what the folder holds. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, cacheFolder } from '../../../base/index.js';
import { decodedBytes, readDecoded, withLock, writeDecoded } from '../cache/index.js';
import type { DataSetKind } from '../data-set-kind.js';
import { type BrokenFile, DecodeNotes, brokenFiles, decodeAll } from '../decode/index.js';
import {
  type DataSet,
  type ImageSet,
  createDataSet,
  createLabels,
  defaultResolution,
  resolutionSchema,
} from '../image-set.js';
import type { LoadOptions } from '../options.js';
import { contentOf } from './content.js';
import { describeCounts } from './describe.js';
import { FileList } from './file-list.js';
import { type FolderListing, listImageFolder } from './listing.js';

/** What a folder data set can be asked for. */
export interface FolderOptions {
  readonly path: string;
  /** Height and width the images are brought to: scaled to cover the square, the middle cut out. */
  readonly resolution: number;
  /** Share of each class set aside for testing, where the folder has no `test`. */
  readonly testShare: number;
  /** The value that becomes 255 in images of more than 8 bits. */
  readonly white?: number | undefined;
}

/** Raised when decoding changes, so that older cache entries are not used. */
const decodingVersion = 2;
/** A split is one array in memory and one file. */
const maxBytes = 2 ** 31 - 1;

/** The images to train on, with those for validation at their end. */
function trainingFiles({ root, train, validation }: FolderListing): FileList {
  if (validation.length === 0) return train;
  const all = new FileList(root);
  all.addAll(train);
  all.addAll(validation);
  return all;
}

/** Decodes the splits one after the other; what is broken is known of all when it returns. */
class FolderDecoder {
  readonly broken: BrokenFile[] = [];
  readonly notes: DecodeNotes;
  private readonly options: FolderOptions;
  private readonly tick: () => void;

  constructor(options: FolderOptions, tick: () => void) {
    this.options = options;
    this.tick = tick;
    this.notes = new DecodeNotes({ channels: 3, white: options.white });
  }

  async decode(files: FileList, classes: readonly string[]): Promise<ImageSet> {
    const { resolution: side, white } = this.options;
    const imageBytes = side * side * 3;
    refuseTooLarge(files.length, side, imageBytes);
    const images = new Uint8Array(files.length * imageBytes);
    const labels = createLabels(files.length, classes.length);
    const broken = await decodeAll(
      {
        count: files.length,
        target: { side, channels: 3, white },
        path: (i) => files.path(i),
        name: (i) => files.name(i),
        onImage: (i, pixels) => {
          images.set(pixels, i * imageBytes);
          labels[i] = files.label(i);
        },
        tick: this.tick,
      },
      this.notes,
    );
    this.broken.push(...broken);
    return { count: files.length, height: side, width: side, channels: 3, classes, images, labels };
  }
}

function refuseTooLarge(count: number, side: number, imageBytes: number): void {
  if (count * imageBytes <= maxBytes) return;
  const gigabytes = ((count * imageBytes) / 2 ** 30).toFixed(1);
  throw new MixnasError('bad-data', `${count} images at ${side}x${side} would take ${gigabytes} GB.`, {
    remedy: 'Lower the resolution, or use fewer images; 2 GB is the most.',
  });
}

async function decodeFolder(
  listing: FolderListing,
  options: FolderOptions,
  load: LoadOptions,
): Promise<DataSet> {
  const { classes, validation, test } = listing;
  const all = trainingFiles(listing);
  const total = all.length + test.length;
  let done = 0;
  const decoder = new FolderDecoder(options, () => {
    load.signal?.throwIfAborted();
    load.onProgress?.({ phase: 'decoding images', done: ++done, total, unit: 'images' });
  });
  const train = await decoder.decode(all, classes);
  const tests = await decoder.decode(test, classes);
  const broken = [...listing.broken, ...decoder.broken];
  if (broken.length > 0) throw brokenFiles(broken, total + listing.broken.length);
  const own = validation.length > 0 ? { ...train, validation: validation.length } : train;
  const notes = decoder.notes.sentences();
  return { ...createDataSet('folder', own, tests), ...(notes.length > 0 && { notes }) };
}

/** Names what a folder holds and how it is decoded: any change of either gives another name. */
function cacheKey(listing: FolderListing, { resolution, white }: FolderOptions): string {
  const { classes, train, validation, test, broken } = listing;
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ decodingVersion, resolution, white, classes, broken }));
  for (const files of [train, validation, test]) {
    hash.update(`\n${files.length}\n`);
    for (const { name, label, bytes, modifiedMs } of files) {
      hash.update(`${JSON.stringify(name)},${label},${bytes},${modifiedMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
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
  const set =
    readDecoded(folder, load) ??
    (await withLock(`${folder}.lock`, async () => readDecoded(folder, load) ?? decode(), load));
  const notes = [describeCounts(listing), ...listing.notes, ...(set.notes ?? [])];
  const total = set.train.count + set.test.count;
  load.onProgress?.({ phase: 'reading the folder', done: total, total, unit: 'images', notes });
  return { ...set, notes };
}

const schema = z.strictObject({
  name: z.literal('folder').describe('Your own images, one sub-folder a class.'),
  path: z
    .string()
    .min(1)
    .describe(
      'Holds `train/<class>/*`, with `val/<class>/*` and `test/<class>/*` or without, or `<class>/*`.',
    ),
  resolution: resolutionSchema
    .optional()
    .describe(
      'Height and width in pixels that images are brought to: scaled to cover the square, the middle cut out. Default: those of the search space.',
    ),
  testShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe('Share of each class set aside for testing, where the folder has no `test`.'),
  white: z
    .number()
    .positive()
    .optional()
    .describe(
      'The value that becomes 255 in images of more than 8 bits, such as 4095 for 12 bits in 16; default: 65535 for 16 bits, 1 for floating point from 0 to 1.',
    ),
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
  load: (spec, options) => loadFolder({ ...spec, resolution: spec.resolution ?? defaultResolution }, options),
  content: ({ path, testShare }) => contentOf(listImageFolder(path, testShare)),
  entry: () => ({
    description: 'your own images, one sub-folder a class',
    source: '<path>/train/<class>/* with val/ and test/ alike, or <path>/<class>/*',
    folder: foldersFolder(),
    cachedBytes: bytesOfFolders(foldersFolder()),
  }),
} satisfies DataSetKind<z.output<typeof schema>>;
