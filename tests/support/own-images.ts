/** A folder of small photographs, as a user would have it: one sub-folder a class. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../src/base/index.js';

/** A search space whose networks train in a second on images of 16x16 in three classes. */
export const tinySpace = {
  name: 'tiny',
  resolution: 16,
  classes: 3,
  stem: { width: [8], stride: [1] },
  stages: [{ width: [8], depth: [1, 2], kernels: [3, 5], groups: [1, 2], expansion: [1, 2], stride: 2 }],
  head: { width: [16] },
};

/** Writes `count` PNG files of noise around a colour of its own for each class. */
export async function writeImages(
  folder: string,
  classes: readonly string[],
  { count = 10, side = 20 }: { readonly count?: number; readonly side?: number } = {},
): Promise<string> {
  for (const [label, name] of classes.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) await writeImage(join(folder, name, `${i}.png`), label, i, side);
  }
  return folder;
}

/** One image of a class: mostly red, green or blue, in turn. */
export async function writeImage(path: string, label: number, i: number, side = 20): Promise<void> {
  const random = createRandom(`${label}/${i}`);
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
    Math.round((at % 3 === label % 3 ? 170 : 40) + 60 * random.next()),
  );
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(path);
}
