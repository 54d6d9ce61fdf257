/** Decoding what a folder lists, into memory or only once over, for what has to be known of all images. */
import { type BrokenFile, DecodeNotes, brokenFiles, decodeAll } from '../decode/index.js';
import {
  type Channels,
  ChannelStatistics,
  type DataSet,
  type MemorySet,
  type PerChannel,
  createLabels,
} from '../image-set.js';
import type { LoadOptions } from '../options.js';
import { FileList } from './file-list.js';
import type { FolderListing } from './listing.js';

/** What all images of a folder are decoded to. */
export interface FolderTarget {
  readonly resolution: number;
  readonly channels: Channels;
  readonly white?: number | undefined;
}

/** What is known once every image was decoded. */
export interface Scan {
  readonly mean: PerChannel;
  readonly std: PerChannel;
  readonly notes: readonly string[];
  /** Whether all images are plain: of bytes, in formats of libvips. */
  readonly plain: boolean;
}

/** The images to train on, with those for validation at their end. */
export function trainingFiles({ root, train, validation }: FolderListing): FileList {
  if (validation.length === 0) return train;
  const all = new FileList(root);
  all.addAll(train);
  all.addAll(validation);
  return all;
}

export function labelsOf(files: FileList, classes: number): Uint8Array | Uint16Array {
  const labels = createLabels(files.length, classes);
  for (let i = 0; i < files.length; i++) labels[i] = files.label(i);
  return labels;
}

/** A split without its images. */
export function splitOf(listing: FolderListing, files: FileList, { resolution, channels }: FolderTarget) {
  const { classes, validation, test } = listing;
  const own = files !== test && validation.length > 0 ? { validation: validation.length } : {};
  const labels = labelsOf(files, classes.length);
  return { count: files.length, height: resolution, width: resolution, channels, classes, labels, ...own };
}

/**
 * Decodes every image of both splits, in order.
 * @param onImage receives the pixels of image `index` of a split.
 * @throws MixnasError `bad-data` naming all broken files; the signal's reason when aborted.
 */
export async function scanFolder(
  listing: FolderListing,
  { resolution: side, channels, white }: FolderTarget,
  { signal, onProgress }: LoadOptions,
  onImage: (split: 'train' | 'test', index: number, pixels: Uint8Array) => void,
): Promise<Scan> {
  const train = trainingFiles(listing);
  const total = train.length + listing.test.length;
  const notes = new DecodeNotes({ channels, white });
  const statistics = new ChannelStatistics(channels);
  const broken: BrokenFile[] = [...listing.broken];
  let done = 0;
  for (const [split, files] of [
    ['train', train],
    ['test', listing.test],
  ] as const) {
    const found = await decodeAll(
      {
        count: files.length,
        target: { side, channels, white },
        path: (i) => files.path(i),
        name: (i) => files.name(i),
        onImage: (i, pixels) => {
          if (split === 'train') statistics.add(pixels);
          onImage(split, i, pixels);
        },
        tick: () => {
          signal?.throwIfAborted();
          onProgress?.({ phase: 'decoding images', done: ++done, total, unit: 'images' });
        },
      },
      notes,
    );
    broken.push(...found);
  }
  if (broken.length > 0) throw brokenFiles(broken, total + listing.broken.length);
  return { ...statistics.result(), notes: notes.sentences(), plain: notes.plain };
}

/** Decodes a folder into memory. @throws as `scanFolder`. */
export async function decodeFolder(
  listing: FolderListing,
  target: FolderTarget,
  load: LoadOptions,
): Promise<DataSet<MemorySet>> {
  const length = target.resolution ** 2 * target.channels;
  const set = (files: FileList): MemorySet => ({
    ...splitOf(listing, files, target),
    images: new Uint8Array(files.length * length),
  });
  const [train, test] = [set(trainingFiles(listing)), set(listing.test)];
  const { mean, std, notes } = await scanFolder(listing, target, load, (split, index, pixels) =>
    (split === 'train' ? train : test).images.set(pixels, index * length),
  );
  return { name: 'folder', train, test, mean, std, ...(notes.length > 0 && { notes }) };
}
