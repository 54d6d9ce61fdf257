/**
 * The decoded form of a data set in the cache: four flat files and a manifest with their sizes and
 * SHA-256. The manifest is written last, so a folder with one is complete; loading checks sizes only,
 * which makes it a plain read, and `verify` checks every byte.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readBytes, sizeLimits } from '../../../base/index.js';
import type { DataSet, ImageReader, ImageSet, MemorySet } from '../image-set.js';
import { type Manifest, fileNames, readManifest } from './manifest.js';

/** A whole file, at the beginning of a buffer of its own, so that it can be viewed with any element width. */
function bytesIn(path: string): Uint8Array {
  const bytes = readBytes(path, 'bad-data', { own: true, limit: sizeLimits.weights });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

type Split = 'train' | 'test';

/** A split without its images. */
function factsOf(folder: string, split: Split, manifest: Manifest): Omit<ImageSet, 'images'> {
  const labels = bytesIn(join(folder, `${split}-labels.bin`));
  return {
    count: manifest[split],
    height: manifest.height,
    width: manifest.width,
    channels: manifest.channels,
    classes: manifest.classes,
    labels:
      manifest.classes.length > 256
        ? new Uint16Array(labels.buffer, labels.byteOffset, manifest[split])
        : labels,
    ...(split === 'train' && manifest.validation !== undefined && { validation: manifest.validation }),
  };
}

const readSplit = (folder: string, split: Split, manifest: Manifest): MemorySet => ({
  ...factsOf(folder, split, manifest),
  images: bytesIn(join(folder, `${split}-images.bin`)),
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Whether every file of a complete folder has the SHA-256 that its manifest says. */
function isUndamaged(folder: string, manifest: Manifest): boolean {
  return fileNames.every((name) => sha256(bytesIn(join(folder, name))) === manifest.files[name].sha256);
}

/**
 * The data set that `folder` holds, or undefined where there is no complete one.
 * @param options `verify`: a folder with a wrong byte counts as none.
 */
export function readDecoded(
  folder: string,
  options: { readonly verify?: boolean | undefined } = {},
): DataSet<MemorySet> | undefined {
  const manifest = readManifest(folder);
  if (!manifest || (options.verify && !isUndamaged(folder, manifest))) return undefined;
  return {
    ...describe(manifest),
    train: readSplit(folder, 'train', manifest),
    test: readSplit(folder, 'test', manifest),
  };
}

const describe = ({ name, mean, std, notes }: Manifest) => ({ name, mean, std, ...(notes && { notes }) });

/**
 * The same without reading the images.
 * @param open makes the reader of a split's images from the path of their file.
 */
export function openDecoded(
  folder: string,
  open: (path: string, facts: Omit<ImageSet, 'images'>) => ImageReader,
): DataSet | undefined {
  const manifest = readManifest(folder);
  if (!manifest) return undefined;
  const split = (name: Split): ImageSet => {
    const facts = factsOf(folder, name, manifest);
    return { ...facts, images: open(join(folder, `${name}-images.bin`), facts) };
  };
  return { ...describe(manifest), train: split('train'), test: split('test') };
}

/** The size of a complete decoded folder in bytes, 0 where there is none. */
export function decodedBytes(folder: string): number {
  const manifest = readManifest(folder);
  return manifest ? fileNames.reduce((sum, name) => sum + manifest.files[name].bytes, 0) : 0;
}
