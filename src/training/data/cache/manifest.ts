/** The manifest of a decoded data set: what its four flat files hold, with their sizes and SHA-256. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../../../base/index.js';

export const fileNames = [
  'train-images.bin',
  'train-labels.bin',
  'test-images.bin',
  'test-labels.bin',
] as const;

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
export type Manifest = z.infer<typeof manifestSchema>;

export const manifestOf = (folder: string) => join(folder, 'manifest.json');

/** The manifest of a complete folder; undefined where there is none, or it is broken, or a size differs. */
export function readManifest(folder: string): Manifest | undefined {
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
