/**
 * The decoded form of a data set in the cache: four flat files and a manifest with their sizes and
 * SHA-256. The manifest is written last, so a folder with one is complete; loading checks sizes only,
 * which makes it a plain read, and `verify` checks every byte.
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, readBytes, readJsonFile, sizeLimits, writeFileAtomic } from '../../../base/index.js';
import type { DataSet, MemorySet } from '../image-set.js';
import { writingTo } from '../options.js';

const fileNames = ['train-images.bin', 'train-labels.bin', 'test-images.bin', 'test-labels.bin'] as const;

const count = z.number().int().positive();
const perChannel = z.array(z.number());
const manifestSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  classes: z.array(z.string()).min(1),
  train: count,
  test: count,
  height: count,
  width: count,
  mean: perChannel,
  std: perChannel,
  channels: z.union([z.literal(1), z.literal(3), z.literal(4)]).default(3),
  validation: count.optional(),
  notes: z.array(z.string()).optional(),
  files: z.record(z.enum(fileNames), z.strictObject({ bytes: count, sha256: z.string().length(64) })),
});
type Manifest = z.infer<typeof manifestSchema>;

const manifestOf = (folder: string) => join(folder, 'manifest.json');

/** The manifest of a complete folder; undefined where there is none, or it is broken, or a size differs. */
function readManifest(folder: string): Manifest | undefined {
  if (!existsSync(manifestOf(folder))) return undefined;
  try {
    const manifest = manifestSchema.parse(readJsonFile(manifestOf(folder), 'bad-data', { own: true }));
    const complete = fileNames.every(
      (name) => statSync(join(folder, name)).size === manifest.files[name].bytes,
    );
    return complete && isConsistent(manifest) ? manifest : undefined;
  } catch {
    return undefined; // A cache that does not read is a cache to build again.
  }
}

/** Whether its files hold as much as its figures say. */
function isConsistent({ train, test, height, width, channels, classes, files }: Manifest): boolean {
  const labelBytes = classes.length > 256 ? 2 : 1;
  return [train, test].every(
    (images, i) =>
      files[fileNames[2 * i] as (typeof fileNames)[number]].bytes === images * height * width * channels &&
      files[fileNames[2 * i + 1] as (typeof fileNames)[number]].bytes === images * labelBytes,
  );
}

/** A whole file, at the beginning of a buffer of its own, so that it can be viewed with any element width. */
function bytesIn(path: string): Uint8Array {
  const bytes = readBytes(path, 'bad-data', { own: true, limit: sizeLimits.weights });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function readSplit(folder: string, split: 'train' | 'test', manifest: Manifest): MemorySet {
  const labels = bytesIn(join(folder, `${split}-labels.bin`));
  return {
    count: manifest[split],
    height: manifest.height,
    width: manifest.width,
    channels: manifest.channels,
    classes: manifest.classes,
    images: bytesIn(join(folder, `${split}-images.bin`)),
    labels:
      manifest.classes.length > 256
        ? new Uint16Array(labels.buffer, labels.byteOffset, manifest[split])
        : labels,
    ...(split === 'train' && manifest.validation !== undefined && { validation: manifest.validation }),
  };
}

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
    name: manifest.name,
    train: readSplit(folder, 'train', manifest),
    test: readSplit(folder, 'test', manifest),
    mean: manifest.mean,
    std: manifest.std,
    ...(manifest.notes && { notes: manifest.notes }),
  };
}

const bytesOf = (array: Uint8Array | Uint16Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Writes a data set so that `readDecoded` finds it. @throws MixnasError `no-space`. */
export async function writeDecoded(folder: string, set: DataSet<MemorySet>): Promise<void> {
  const contents = [set.train.images, set.train.labels, set.test.images, set.test.labels].map(bytesOf);
  const files = Object.fromEntries(
    fileNames.map((name, i) => {
      const bytes = contents[i] as Uint8Array;
      return [name, { bytes: bytes.length, sha256: sha256(bytes) }];
    }),
  ) as Manifest['files'];
  const manifest: Manifest = {
    format: 1,
    name: set.name,
    classes: [...set.train.classes],
    train: set.train.count,
    test: set.test.count,
    height: set.train.height,
    width: set.train.width,
    mean: [...set.mean],
    std: [...set.std],
    channels: set.train.channels,
    ...(set.train.validation !== undefined && { validation: set.train.validation }),
    ...(set.notes && { notes: [...set.notes] }),
    files,
  };
  await writingTo(folder, () => {
    makeFolders(folder);
    for (const [i, name] of fileNames.entries())
      writeFileAtomic(join(folder, name), contents[i] as Uint8Array);
    writeFileAtomic(manifestOf(folder), `${JSON.stringify(manifest, null, 2)}\n`);
  });
}

/** The size of a complete decoded folder in bytes, 0 where there is none. */
export function decodedBytes(folder: string): number {
  const manifest = readManifest(folder);
  return manifest ? fileNames.reduce((sum, name) => sum + manifest.files[name].bytes, 0) : 0;
}
