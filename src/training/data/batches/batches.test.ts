import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/index.js';
import { type Augmentation, allIndices, createBatchStream, evalBatches } from './batches.js';
import type { ImageSet, MemorySet } from '../image-set.js';

const plain: Augmentation = { flip: false, padCrop: 0, cutout: 0 };
const full: Augmentation = { flip: true, padCrop: 2, cutout: 3 };
/** Leaves value / 255 as it is. */
const identity = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

/** Images whose every byte is known: image i, byte p is (31 i + p) mod 256. Label i mod 3. */
function numbered(count: number, height = 4, width = 5): MemorySet {
  const length = height * width * 3;
  const images = Uint8Array.from({ length: count * length }, (_, at) => {
    return (31 * Math.floor(at / length) + (at % length)) % 256;
  });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  return { count, height, width, channels: 3, classes: ['a', 'b', 'c'], images, labels };
}

function stream(set: ImageSet, seed: string, augmentation: Augmentation, batchSize: number, step = 0) {
  const options = { batchSize, augmentation, ...identity, random: createRandom(seed), state: { step } };
  return createBatchStream(set, allIndices(set), options);
}

/** Copies of the next `n` batches as plain arrays. */
async function take(from: ReturnType<typeof stream>, n: number) {
  const batches = [];
  for (let i = 0; i < n; i++) {
    const { images, labels } = await from.next();
    batches.push({ images: [...images], labels: [...labels] });
  }
  return batches;
}

/** Copies of all batches of evaluation. */
async function evaluated(...args: Parameters<typeof evalBatches>) {
  const batches = [];
  for await (const { images, labels } of evalBatches(...args)) {
    batches.push({ images: images.slice(), labels: labels.slice() });
  }
  return batches;
}

describe('a batch stream', () => {
  it('continues from a saved state bit for bit, at any step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.nat(12),
        fc.integer({ min: 1, max: 7 }),
        async (seed, steps, batchSize) => {
          const set = numbered(7);
          const unbroken = stream(set, seed, full, batchSize);
          await take(unbroken, steps);
          const state = JSON.parse(JSON.stringify(unbroken.save())) as { step: number };
          const resumed = stream(set, seed, full, batchSize, state.step);
          expect(await take(resumed, 3)).toEqual(await take(unbroken, 3));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('visits every image once an epoch, in another order each epoch', async () => {
    const set = { ...numbered(30), labels: Uint8Array.from({ length: 30 }, (_, i) => i) };
    const batches = stream(set, 'order', plain, 5);
    expect(batches.batchesPerEpoch).toBe(6);
    const epochs = [await take(batches, 6), await take(batches, 6)].map((epoch) =>
      epoch.flatMap((b) => b.labels),
    );
    for (const order of epochs) expect(order.toSorted((a, b) => a - b)).toEqual([...set.labels]);
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('differs between seeds', async () => {
    const set = numbered(12);
    expect(await take(stream(set, 'a', full, 4), 1)).not.toEqual(await take(stream(set, 'b', full, 4), 1));
  });

  it('gives pixels as (pixel / 255 - mean) / std of their channel', async () => {
    const set = numbered(1, 1, 1); // One pixel: 0, 1, 2.
    const normalisation = { mean: [0.5, 0.25, 0], std: [0.5, 2, 0] } as const;
    const [batch] = await evaluated(set, allIndices(set), { batchSize: 1, ...normalisation });
    const expected = [(0 - 0.5) / 0.5, (1 / 255 - 0.25) / 2, 2 / 255]; // A std of 0 scales by 1.
    for (const [i, value] of expected.entries()) expect(batch?.images[i]).toBeCloseTo(value, 6);
  });

  it('without augmentation gives the images of evaluation', async () => {
    const set = numbered(6);
    const batch = await stream(set, 'x', plain, 6).next();
    const [all] = await evaluated(set, allIndices(set), { batchSize: 6, ...identity });
    const length = 4 * 5 * 3;
    const rows = (images: Float32Array | undefined) =>
      new Set(Array.from({ length: 6 }, (_, i) => images?.slice(i * length, (i + 1) * length).join()));
    expect(rows(batch.images)).toEqual(rows(all?.images));
  });

  it('shows every augmented image as a shifted, perhaps mirrored view with zeros outside', async () => {
    const [height, width, pad] = [4, 5, 2];
    const set = numbered(1, height, width);
    const seen = new Set<string>();
    const views = new Map<string, string>();
    for (let dy = -pad; dy <= pad; dy++) {
      for (let dx = -pad; dx <= pad; dx++) {
        for (const mirrored of [false, true]) {
          const view = [];
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const [sx, sy] = [x + dx, y + dy];
              const inside = sx >= 0 && sx < width && sy >= 0 && sy < height;
              const column = mirrored ? width - 1 - sx : sx;
              for (let c = 0; c < 3; c++) view.push(inside ? ((sy * width + column) * 3 + c) / 255 : 0);
            }
          }
          views.set(Float32Array.from(view).join(), `${dx} ${dy} ${mirrored}`);
        }
      }
    }
    const batches = stream(set, 'views', { flip: true, padCrop: pad, cutout: 0 }, 1);
    for (let i = 0; i < 800; i++) {
      const name = views.get((await batches.next()).images.join());
      expect(name).toBeDefined();
      seen.add(name ?? '');
    }
    expect(seen.size).toBe(5 * 5 * 2);
  });

  it('cuts one square of at most the asked size out of each image', async () => {
    const bright = { ...numbered(1, 6, 6), images: new Uint8Array(6 * 6 * 3).fill(255) };
    const batches = stream(bright, 'cut', { ...plain, cutout: 3 }, 1);
    const sizes = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const { images } = await batches.next();
      const cut = [...images.keys()].filter((at) => images[at] === 0).map((at) => Math.floor(at / 3));
      const rows = new Set(cut.map((p) => Math.floor(p / 6)));
      const columns = new Set(cut.map((p) => p % 6));
      expect(cut.length).toBe(rows.size * columns.size * 3);
      sizes.add(rows.size * columns.size);
    }
    expect([...sizes].sort((a, b) => a - b)).toEqual([4, 6, 9]); // Clipped at a corner, at a side, whole.
  });

  it.each([1, 4] as const)(
    'of %i channels normalises, shifts and mirrors each by itself',
    async (channels) => {
      const colour = numbered(8);
      const of = (channel: number): ImageSet => ({
        ...colour,
        channels,
        images: Uint8Array.from({ length: (colour.images.length / 3) * channels }, (_, i) =>
          channels === 1
            ? (colour.images[3 * i + channel] as number)
            : (colour.images[3 * Math.floor(i / 4) + Math.min(2, i % 4)] as number),
        ),
      });
      const normalisation = { mean: [0.5, 0.25, 0, 0.125], std: [0.5, 2, 1, 4] };
      const some = (length: number) => ({
        mean: normalisation.mean.slice(0, length),
        std: normalisation.std.slice(0, length),
      });
      const batchOf = async (set: ImageSet, length: number) => {
        const options = {
          batchSize: 4,
          augmentation: full,
          ...some(length),
          random: createRandom('channels'),
        };
        return (await createBatchStream(set, allIndices(set), options).next()).images;
      };
      const [three, own] = [await batchOf(colour, 3), await batchOf(of(0), channels)];
      const pixels = three.length / 3;
      for (let p = 0; p < pixels; p++) {
        for (let c = 0; c < Math.min(3, channels); c++) expect(own[p * channels + c]).toBe(three[p * 3 + c]);
      }
    },
  );

  it('refuses a batch that is larger than the images there are', () => {
    expect(() => stream(numbered(3), 's', plain, 4)).toThrow('A batch of 4 images cannot be drawn from 3');
  });
});

describe('evaluation batches', () => {
  it('give every index once, in order, the last batch as small as it must be', async () => {
    const set = numbered(10);
    const indices = Uint32Array.from([9, 0, 3, 4, 7]);
    const batches = await evaluated(set, indices, { batchSize: 2, ...identity });
    expect(batches.map((b) => b.labels.length)).toEqual([2, 2, 1]);
    const order = batches.flatMap(({ labels }) => [...labels]);
    expect(order).toEqual([...indices].map((i) => i % 3));
  });
});
