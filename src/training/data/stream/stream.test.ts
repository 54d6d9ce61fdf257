import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../../base/index.js';
import { allIndices, createBatchStream, evalBatches } from '../batches/index.js';
import { loadDataSet } from '../load.js';
import type { DataSet, ImageReader } from '../image-set.js';
import { createImageReader, imageFiles } from './reader.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-stream-'));
vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
afterAll(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

const side = 32;
const folder = join(root, 'images');
const perClass = 300;

beforeAll(async () => {
  const random = createRandom('images');
  for (const split of ['train', 'val', 'test']) {
    for (const one of ['a', 'b']) {
      mkdirSync(join(folder, split, one), { recursive: true });
      for (let i = 0; i < (split === 'train' ? perClass : 20); i++) {
        const pixels = Uint8Array.from({ length: side * side * 3 }, () => random.int(256));
        const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
        await image.png({ compressionLevel: 1 }).toFile(join(folder, split, one, `${i}.png`));
      }
    }
  }
}, 60_000);

const load = (more: { memory?: number; disk?: number } = {}) =>
  loadDataSet({ name: 'folder', path: folder, resolution: side, ...more });
/** Read from the files themselves. */
const fromFiles = { memory: 1, disk: 0 };

/** Batches of two epochs and a half, and of an evaluation. */
async function seen({ train, mean, std }: DataSet): Promise<number[][]> {
  const augmentation = { flip: true, padCrop: 4, cutout: 8, randAugment: { ops: 1, magnitude: 5 } };
  const random = createRandom('order');
  const indices = allIndices(train).subarray(0, 2 * perClass);
  const stream = createBatchStream(train, indices, { batchSize: 64, augmentation, random, mean, std });
  const batches: number[][] = [];
  const sum = (values: Float32Array) =>
    values.reduce((total, value, i) => total + value * ((i % 251) + 1), 0);
  for (let i = 0; i < 2.5 * stream.batchesPerEpoch; i++) {
    const { images, labels } = await stream.next();
    batches.push([sum(images), ...labels]);
  }
  for await (const { images, labels } of evalBatches(train, allIndices(train), {
    batchSize: 100,
    mean,
    std,
  })) {
    batches.push([sum(images), ...labels]);
  }
  return batches;
}

describe('a folder larger than the memory it may take', () => {
  it.each([
    ['read from the cache', { memory: 1 }],
    ['decoded', fromFiles],
  ])('gives the same batches and statistics as one in memory, to the bit, twice: %s', async (how, way) => {
    const [whole, large] = [await load(), await load(way)];
    expect(large.train.images).not.toBeInstanceOf(Uint8Array);
    const { mean, std } = whole;
    expect({ mean: large.mean, std: large.std }).toEqual({ mean, std });
    expect([large.train.labels, large.train.validation]).toEqual([whole.train.labels, 40]);
    const expected = await seen(whole);
    expect(await seen(large)).toEqual(expected);
    expect(await seen(await load(way))).toEqual(expected);
    expect(large.notes?.at(-1)).toBe(
      `680 images would take 2.09 MB: they are ${how} ahead of training, and 1.00 MB of each split are kept.`,
    );
  });

  it.each([0, 2, 3])(
    'is decoded once for what is known of all images, not again: %d MB of disk',
    async (disk) => {
      let decoded = 0;
      const counted = () =>
        loadDataSet(
          { name: 'folder', path: folder, resolution: 24 + disk, memory: 1, disk },
          { onProgress: ({ notes }) => void (notes ?? decoded++) },
        );
      await counted();
      expect(decoded).toBe(680);
      await counted();
      expect(decoded).toBe(680);
    },
  );

  it('of files that are not plain gives the same, too', async () => {
    const deep = join(root, 'deep');
    const random = createRandom('deep');
    for (const one of ['a', 'b']) {
      mkdirSync(join(deep, one), { recursive: true });
      for (let i = 0; i < 12; i++) {
        const pixels = Uint16Array.from({ length: 256 * 256 }, () => random.int(4096));
        const image = sharp(pixels, { raw: { width: 256, height: 256, channels: 1 } });
        await image
          .toColourspace('grey16')
          .png()
          .toFile(join(deep, one, `${i}.png`));
      }
    }
    const spec = { name: 'folder', path: deep, resolution: 256, white: 4095 } as const;
    const [whole, large] = [await loadDataSet(spec), await loadDataSet({ ...spec, memory: 1, disk: 0 })];
    expect(large.train.images).not.toBeInstanceOf(Uint8Array);
    const batches = async ({ train, mean, std }: DataSet) => {
      const sums: number[] = [];
      for await (const { images } of evalBatches(train, allIndices(train), { batchSize: 8, mean, std })) {
        sums.push(images.reduce((sum, value, i) => sum + value * ((i % 251) + 1), 0));
      }
      return sums;
    };
    expect(await batches(large)).toEqual(await batches(whole));
  });

  it('names all its broken files before anything is trained', async () => {
    const broken = join(folder, 'val', 'b', 'broken.png');
    writeFileSync(broken, 'half');
    await expect(load(fromFiles)).rejects.toThrow(`${broken} is not a readable image`);
    rmSync(broken);
  });
});

describe('the memory of an epoch', () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const taken = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };

  it.each([
    ['from the cache', 200],
    ['from the files', 0],
  ])(
    'stays at what may be kept and what is decoded ahead, however many images there are: %s',
    async (_, disk) => {
      const [pixels, batchSize, memory] = [128, 8, 2];
      const { train, mean, std } = await loadDataSet({
        name: 'folder',
        path: folder,
        resolution: pixels,
        memory,
        disk,
      });
      const image = pixels * pixels * 3;
      expect(train.count * image).toBeGreaterThan(15 * memory * 1e6);
      const before = taken();
      const augmentation = { flip: false, padCrop: 0, cutout: 0 };
      const random = createRandom('memory');
      const stream = createBatchStream(train, allIndices(train), {
        batchSize,
        augmentation,
        random,
        mean,
        std,
      });
      let most = 0;
      for (let i = 0; i < stream.batchesPerEpoch; i++) {
        await stream.next();
        if (i % 8 === 7) most = Math.max(most, taken() - before);
      }
      // A batch as numbers of four bytes, and twice the images that may be asked for ahead, in the parts they come in.
      expect(most).toBeLessThan(memory * 1e6 + (4 + 2 * (1 + 4) + 2) * batchSize * image + 1e6);
    },
  );
});

describe('an image reader', () => {
  const paths = ['a', 'b'].flatMap((one) =>
    Array.from({ length: 100 }, (_, i) => join(folder, 'train', one, `${i}.png`)),
  );
  const open = (cacheImages: number, path = (index: number) => paths[index] as string): ImageReader =>
    createImageReader(
      imageFiles({ count: paths.length, target: { side, channels: 3 }, plain: true, path }),
      cacheImages * side * side * 3,
    );
  const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);

  it('asks for a file again only where it does not keep it, and ahead of the time', async () => {
    const asked: number[] = [];
    const reader = open(50, (index) => {
      asked.push(index);
      return paths[index] as string;
    });
    await reader.read(range(0, 40), range(40, 80));
    expect(asked).toEqual([...range(0, 80)]);
    await reader.read(range(40, 80), range(0, 20));
    expect(asked).toHaveLength(80);
    await reader.read(range(0, 80), range(0, 0));
    expect(new Set(asked.slice(80)).size).toBe(30);
  });

  it('reads the same image twice in one batch', async () => {
    const [one, two] = await open(0).read(Uint32Array.from([5, 5]), range(0, 0));
    expect(one).toEqual(two);
  });

  it('of a file that is gone or broken meanwhile says so when it is wanted, not before', async () => {
    const reader = open(10, (index) => (index === 7 ? join(root, 'gone.png') : (paths[index] as string)));
    await reader.read(range(0, 5), range(5, 10));
    await expect(reader.read(range(5, 10), range(0, 0))).rejects.toThrow(
      `${join(root, 'gone.png')} can no longer be read`,
    );
  });
});
