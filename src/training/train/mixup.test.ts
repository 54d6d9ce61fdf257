import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { mixup, symmetricBeta } from './mixup.js';

test('shares have the mean and variance of Beta(a, a)', () => {
  for (const a of [0.2, 1, 3]) {
    const random = createRandom(a);
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(a, random));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance / (1 / (4 * (2 * a + 1)))).toBeGreaterThan(0.95);
    expect(variance / (1 / (4 * (2 * a + 1)))).toBeLessThan(1.05);
  }
});

test('images and targets are blended by the same share, and nothing of a batch is lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer(), (count, seed) => {
      // Of image i every pixel and every target is i, so that the blends can be read off.
      const images = Float32Array.from({ length: count * 12 }, (_, k) => Math.floor(k / 12));
      const targets = Float32Array.from({ length: count * 3 }, (_, k) => Math.floor(k / 3));
      mixup(images, targets, count, 0.4, createRandom(seed));
      const sum = [...targets].reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo((3 * count * (count - 1)) / 2, 3);
      for (let i = 0; i < count; i++) {
        expect(new Set(images.slice(i * 12, i * 12 + 12)).size).toBe(1);
        expect(images[i * 12]).toBe(targets[i * 3]);
        // The larger share is the image's own.
        expect(Math.abs((images[i * 12] as number) - i)).toBeLessThanOrEqual(
          Math.abs(count - 1 - 2 * i) / 2 + 1e-4,
        );
      }
    }),
  );
});
