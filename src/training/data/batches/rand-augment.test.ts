import { expect, test } from 'vitest';
import { createRandom } from '../../../base/index.js';
import { randAugment } from './rand-augment.js';

const [width, height] = [8, 6];
const photo = () => {
  const random = createRandom('photo');
  return Uint8ClampedArray.from({ length: width * height * 3 }, () => random.int(256));
};
const changed = (seed: number, magnitude: number, ops = 1) => {
  const bytes = photo();
  randAugment(bytes, width, height, { ops, magnitude }, createRandom(seed));
  return bytes;
};
const distance = (bytes: Uint8ClampedArray) => {
  const before = photo();
  return bytes.reduce((sum, value, i) => sum + Math.abs(value - (before[i] as number)), 0) / bytes.length;
};

test('the same stream gives the same image, another another', () => {
  expect(changed(3, 5, 2)).toEqual(changed(3, 5, 2));
  const kinds = new Set(Array.from({ length: 60 }, (_, seed) => changed(seed, 5).join()));
  // Fourteen changes, most of them in two directions; that of nothing at all among them.
  expect(kinds.size).toBeGreaterThan(18);
  expect(kinds).toContain(photo().join());
});

test('a larger magnitude changes more, and none leaves all but the histogram alone', () => {
  const mean = (magnitude: number) =>
    Array.from({ length: 200 }, (_, seed) => distance(changed(seed, magnitude))).reduce((a, b) => a + b) /
    200;
  expect(mean(0)).toBeLessThan(mean(4));
  expect(mean(4)).toBeLessThan(mean(10));
  const moved = Array.from({ length: 100 }, (_, seed) => distance(changed(seed, 0)));
  // Autocontrast and equalise have no strength.
  expect(moved.filter((d) => d > 0.5).length).toBeLessThan(40);
});

test('a uniform image stays uniform inside, whatever is done to its colours', () => {
  for (let seed = 0; seed < 100; seed++) {
    const bytes = new Uint8ClampedArray(width * height * 3).fill(128);
    randAugment(bytes, width, height, { ops: 1, magnitude: 10 }, createRandom(seed));
    expect(new Set(bytes).size, `seed ${seed}`).toBe(1);
  }
});
