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
  randAugment(bytes, { width, height, channels: 3 }, { ops, magnitude }, createRandom(seed));
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
    randAugment(bytes, { width, height, channels: 3 }, { ops: 1, magnitude: 10 }, createRandom(seed));
    expect(new Set(bytes).size, `seed ${seed}`).toBe(1);
  }
});

test('a grey image is the grey of the same in colour, and a fourth channel keeps its values', () => {
  const grey = Uint8ClampedArray.from({ length: width * height }, (_, i) => (i * 37) % 256);
  for (let seed = 0; seed < 60; seed++) {
    const options = { ops: 1, magnitude: 7 };
    const [one, three] = [
      grey.slice(),
      Uint8ClampedArray.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)] as number),
    ];
    const four = Uint8ClampedArray.from({ length: grey.length * 4 }, (_, i) =>
      i % 4 === 3 ? 128 : (grey[i >> 2] as number),
    );
    randAugment(one, { width, height, channels: 1 }, options, createRandom(seed));
    randAugment(three, { width, height, channels: 3 }, options, createRandom(seed));
    randAugment(four, { width, height, channels: 4 }, options, createRandom(seed));
    one.forEach((value, i) => {
      expect(Math.abs(value - (three[i * 3] as number)), `seed ${seed}`).toBeLessThanOrEqual(1);
      expect([four[i * 4], four[i * 4 + 3]], `seed ${seed}`).toEqual([three[i * 3], 128]);
    });
  }
});
