import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from './random.js';

test('the same seed gives the same stream and another seed another', () => {
  const draw = (seed: string) => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
});

test('a saved stream continues bit for bit, also through JSON', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(300), (seed, skip) => {
      const random = createRandom(seed);
      for (let i = 0; i < skip; i++) random.next();
      const copy = createRandom(JSON.parse(JSON.stringify(random.save())));
      const ahead = Array.from({ length: 10 }, () => random.next());
      expect(Array.from({ length: 10 }, () => copy.next())).toEqual(ahead);
    }),
    { numRuns: 30 },
  );
});

test('a fork depends on the seed and the label only, not on what was drawn', () => {
  const drawn = createRandom(7);
  for (let i = 0; i < 99; i++) drawn.next();
  expect(drawn.fork('x').next()).toBe(createRandom(7).fork('x').next());
  expect(drawn.fork('x').next()).not.toBe(drawn.fork('y').next());
});

test('a restored stream forks as the first one did', () => {
  const random = createRandom('s');
  random.next();
  expect(createRandom(random.save()).fork(3).next()).toBe(random.fork(3).next());
});

test('shuffle keeps the elements, and normal has mean 0 and deviation 1', () => {
  const random = createRandom(1);
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = random.shuffle([...items]);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  const draws = Array.from({ length: 20_000 }, () => random.normal());
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.04);
});
