/** Folders of many small images, written once: below the cache, or where they are asked for. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { cacheFolder, createRandom } from '../../src/base/index.js';
import { loadDataSet } from '../../src/training/index.js';

/** Images encoded at once. */
const atOnce = 16;

async function inParts(count: number, write: (index: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += atOnce) {
    const indices = Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => first + i);
    await Promise.all(indices.map(write));
  }
}

/** Writes a folder unless it is complete. */
async function once(folder: string, write: () => Promise<void>): Promise<string> {
  if (existsSync(join(folder, 'complete'))) return folder;
  await write();
  writeFileSync(join(folder, 'complete'), '');
  return folder;
}

/** The first images of CIFAR-10, a sixth as many for testing, as one PNG an image. */
export function cifarFolder(images: number): Promise<string> {
  const folder = join(cacheFolder(), `bench-cifar10-${images}-png`);
  return once(folder, async () => {
    const { train, test } = await loadDataSet({ name: 'cifar10' });
    const { width, height, channels } = train;
    const length = width * height * channels;
    const wanted = { train: images, test: Math.ceil(images / 6) };
    for (const [split, { classes, labels, images: all, count }] of [
      ['train', train],
      ['test', test],
    ] as const) {
      for (const one of classes) mkdirSync(join(folder, split, one), { recursive: true });
      await inParts(Math.min(count, wanted[split]), async (i) => {
        const path = join(folder, split, classes[labels[i] as number] as string, `${i}.png`);
        if (existsSync(path)) return;
        const pixels = (all as Uint8Array).subarray(i * length, (i + 1) * length);
        await sharp(pixels, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toFile(path);
      });
    }
  });
}

/** So many generated images in ten classes, half of them JPEG and half PNG: a colour a class, with noise. */
export function generatedFolder(folder: string, count: number): Promise<string> {
  return once(folder, async () => {
    const side = 40;
    const random = createRandom('images');
    const noise = Uint8Array.from({ length: 2 ** 20 }, () => random.int(64));
    for (let label = 0; label < 10; label++) {
      for (const split of ['train', 'test'])
        mkdirSync(join(folder, split, `class ${label}`), { recursive: true });
    }
    const tests = Math.max(10, Math.floor(count / 50));
    await inParts(count + tests, async (i) => {
      const label = i % 10;
      const from = random.int(noise.length - side * side * 3);
      const pixels = noise.slice(from, from + side * side * 3);
      for (let at = 0; at < pixels.length; at++) pixels[at] = 18 * label + (pixels[at] as number);
      const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
      const path = join(folder, i < count ? 'train' : 'test', `class ${label}`, `${i}`);
      await (i % 20 < 10
        ? image.jpeg().toFile(`${path}.jpg`)
        : image.png({ compressionLevel: 1 }).toFile(`${path}.png`));
    });
  });
}
