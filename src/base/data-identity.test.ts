import { describe, expect, test } from 'vitest';
import { type ClassIdentity, createDataIdentity, dataDifferences } from './index.js';

const cat = { name: 'cat', train: 8, test: 2, hash: 'c' };
const dog = { name: 'dog', train: 8, test: 2, hash: 'd' };
const hen = { name: 'hen', train: 6, test: 1, hash: 'h' };
const of = (classes: ClassIdentity[], source: Record<string, string | number> = { name: 'folder' }) =>
  createDataIdentity({ source, resolution: 32, classes });

describe('data is compared with what it was', () => {
  const before = of([cat, dog, hen]);
  test.each([
    ['the same', [cat, dog, hen], undefined],
    ['in another order', [hen, cat, dog], undefined],
    ['one more', [cat, dog, hen, { ...cat, name: 'fox', hash: 'f' }], 'class `fox` is new'],
    ['one less', [cat, hen], 'class `dog` is missing'],
    ['renamed', [cat, { ...dog, name: 'hound' }, hen], 'class `dog` is called `hound` now'],
    [
      'exchanged',
      [{ ...cat, hash: 'd' }, { ...dog, hash: 'c' }, hen],
      'the images of `cat` and `dog` were exchanged',
    ],
    ['changed', [cat, { ...dog, hash: 'x' }, hen], 'images of `dog` were changed'],
    [
      'counted',
      [cat, { ...dog, train: 9, hash: 'x' }, hen],
      '`dog` has 9 training and 2 test images, it had 8 training and 2 test images',
    ],
    ['of two kinds', [{ ...cat, hash: 'y' }, hen], 'class `dog` is missing; images of `cat` were changed'],
  ])('%s', (_, now, difference) => {
    expect(dataDifferences(before, of(now))).toBe(difference);
  });

  test('where all classes are others, five are named and the others counted', () => {
    const many = (prefix: string) =>
      Array.from({ length: 9 }, (_, i) => ({
        name: `${prefix}${i}`,
        train: 1,
        test: 1,
        hash: `${prefix}${i}`,
      }));
    expect(dataDifferences(of(many('a')), of(many('b')))).toMatch(/^class `a0` is missing; .*; and 13 more$/);
  });

  test('classes of equal images are told apart by name', () => {
    const twins = [cat, { ...cat, name: 'cat2' }];
    expect(
      dataDifferences(
        of(twins),
        of([
          { ...cat, name: 'x' },
          { ...cat, name: 'y' },
        ]),
      ),
    ).toBe('class `cat` is called `x` now; class `cat2` is called `y` now');
  });

  test('the same classes of another source, or otherwise divided, are other data', () => {
    const textures = (seed: number) => of([cat], { name: 'textures', seed });
    expect(dataDifferences(textures(1), textures(2))).toBe('textures (seed 1) became textures (seed 2)');
    const split = (hash: string) => of([cat], { name: 'folder', split: hash });
    expect(dataDifferences(split('a'), split('b'))).toBe('other images are set aside for testing');
  });
});
