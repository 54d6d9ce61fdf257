import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resizeImages } from './resize.js';

/** An image whose three channels are `values`, ten times them, and zero. */
const imageOf = (values: readonly number[]) => Float32Array.from(values.flatMap((v) => [v, 10 * v, 0]));

test('each pixel is the mean of the area it covers, channel by channel', () => {
  const image = imageOf([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(resizeImages(image, 1, 3, 1)).toEqual(Float32Array.of(5, 50, 0));
  // Two of three: each covers one and a half pixels along an axis.
  const [topLeft] = resizeImages(image, 1, 3, 2);
  expect(topLeft).toBeCloseTo((1 + 2 / 2 + 4 / 2 + 5 / 4) / 2.25, 5);
});

test('the mean of an image is kept at any size, and each image of a batch stays its own', () => {
  const size = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(size, size, fc.infiniteStream(fc.double({ min: -3, max: 3, noNaN: true })), (from, to, s) => {
      const values = () => Array.from({ length: from * from }, () => s.next().value as number);
      const [first, second] = [values(), values()];
      const both = resizeImages(Float32Array.from([...imageOf(first), ...imageOf(second)]), 2, from, to);
      expect(both.length).toBe(2 * to * to * 3);
      [first, second].forEach((image, i) => {
        const own = both.slice(i * to * to * 3, (i + 1) * to * to * 3).filter((_, k) => k % 3 === 0);
        const mean = (list: ArrayLike<number>) =>
          Array.from(list).reduce((sum, value) => sum + value, 0) / list.length;
        expect(mean(own)).toBeCloseTo(mean(image), 4);
      });
    }),
  );
});
