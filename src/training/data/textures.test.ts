import { describe, expect, it } from 'vitest';
import type { ImageSet } from './image-set.js';
import { createTextures } from './textures.js';

const options = { seed: 7, size: 1_600, resolution: 32, classes: 8 };
const set = createTextures(options);

/** A vector of numbers for one image. */
type Features = (pixels: Uint8Array, side: number) => number[];

const featuresOf = (images: ImageSet, features: Features) => {
  const length = images.height * images.width * 3;
  return Array.from({ length: images.count }, (_, i) =>
    features((images.images as Uint8Array).subarray(i * length, (i + 1) * length), images.height),
  );
};

/** Accuracy on the test images of naming the class whose mean training features are nearest. */
function accuracyOf(features: Features): number {
  const { train, test } = set;
  const vectors = featuresOf(train, features);
  const centres = train.classes.map((_, c) => {
    const members = vectors.filter((__, i) => train.labels[i] === c);
    return (members[0] ?? []).map(
      (___, d) => members.reduce((sum, v) => sum + (v[d] ?? 0), 0) / members.length,
    );
  });
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, d) => sum + (value - (b[d] ?? 0)) ** 2, 0);
  const right = featuresOf(test, features).filter((vector, i) => {
    const distances = centres.map((centre) => distance(vector, centre));
    return distances.indexOf(Math.min(...distances)) === test.labels[i];
  });
  return right.length / test.count;
}

/** Frequencies of 16 levels of each channel. */
const histogram: Features = (pixels) => {
  const counts = new Array<number>(48).fill(0);
  pixels.forEach((value, i) => {
    const bin = (i % 3) * 16 + (value >> 4);
    counts[bin] = (counts[bin] ?? 0) + 3 / pixels.length;
  });
  return counts;
};

/** How similar pixels at each distance below `window` are: all that a window of that width can see. */
const similarityWithin =
  (window: number): Features =>
  (pixels, side) => {
    const at = (x: number, y: number, c: number) => pixels[(y * side + x) * 3 + c] as number;
    const sums = new Array<number>(window).fill(0);
    const means = [0, 1, 2].map((c) => {
      let sum = 0;
      for (let p = c; p < pixels.length; p += 3) sum += pixels[p] as number;
      return sum / side ** 2;
    });
    for (let lag = 0; lag < window; lag++) {
      const end = side - window;
      for (let y = 0; y < end; y++) {
        for (let x = 0; x < end; x++) {
          for (let c = 0; c < 3; c++) {
            const mean = means[c] as number;
            const here = at(x, y, c) - mean;
            sums[lag] = (sums[lag] as number) + here * (at(x + lag, y, c) + at(x, y + lag, c) - 2 * mean);
          }
        }
      }
    }
    return sums.slice(1).map((sum) => sum / (sums[0] as number));
  };

describe('textures', () => {
  it('cannot be distinguished by their colours', () => {
    expect(accuracyOf(histogram)).toBeLessThan(0.2); // Chance is 1/8.
  });

  it('can be distinguished by scale, and the better the larger the window is', () => {
    const [three, five, nine] = [3, 5, 9].map((window) => accuracyOf(similarityWithin(window)));
    expect(five).toBeGreaterThan((three ?? 1) + 0.05);
    expect(nine).toBeGreaterThan((five ?? 1) + 0.05);
    expect(nine).toBeGreaterThan(0.6);
  });

  it('are the same bytes for the same seed, and others for another', () => {
    const bytes = (seed: number) => Buffer.from(createTextures({ ...options, size: 64, seed }).train.images);
    expect(bytes(7).equals(bytes(7))).toBe(true);
    expect(bytes(7).equals(bytes(8))).toBe(false);
  });

  it('only gain images when more are asked for', () => {
    const small = createTextures({ ...options, size: 40 });
    const same = set.train.images.subarray(0, small.train.images.length);
    expect(Buffer.compare(small.train.images, same)).toBe(0);
  });

  it('have no image in both splits', () => {
    const side = options.resolution ** 2 * 3;
    const first = (images: Uint8Array) => images.subarray(0, side).join();
    expect(first(set.train.images)).not.toBe(first(set.test.images));
  });

  it('come at any resolution and number of classes, classes equally frequent', () => {
    const large = createTextures({ seed: 1, size: 32, resolution: 224, classes: 16 });
    expect(large.train.images.length).toBe(32 * 224 * 224 * 3);
    expect(large.train.labels.slice(0, 17).join()).toBe([...Array(16).keys(), 0].join());
    expect(createTextures({ seed: 1, size: 16, resolution: 8, classes: 2 }).test.count).toBe(4);
  });

  it('stop when aborted', () => {
    const signal = AbortSignal.abort(new Error('enough'));
    expect(() => createTextures(options, { signal })).toThrow('enough');
  });
});
