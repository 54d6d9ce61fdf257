import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ImageSet, createLabels, labelHistogram } from './image-set.js';
import { splitTrainValidation } from './split.js';

function labelled(sizes: readonly number[]): ImageSet {
  const list = sizes.flatMap((n, c) => new Array<number>(n).fill(c));
  const labels = createLabels(list.length, sizes.length);
  labels.set(list);
  const classes = sizes.map(String);
  return { count: list.length, height: 1, width: 1, channels: 3, classes, images: new Uint8Array(), labels };
}

it('divides any set into two parts without overlap, of the asked size, every class within one image', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), (sizes, share, seed) => {
      const set = labelled(sizes);
      const validation = 1 + Math.floor(share * (set.count - 2));
      const split = splitTrainValidation(set, { validation, seed });
      expect(split.validation.length).toBe(validation);
      const all = [...split.train, ...split.validation].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: set.count }, (_, i) => i));
      const chosen = { ...set, labels: Uint8Array.from(split.validation, (i) => set.labels[i] as number) };
      for (const [c, n] of labelHistogram(chosen).entries()) {
        expect(Math.abs(n - ((sizes[c] as number) * validation) / set.count)).toBeLessThan(1);
      }
    }),
  );
});

it('gives the same split for the same seed and another one for another', () => {
  const set = labelled([50, 50]);
  const split = (seed: number) => [...splitTrainValidation(set, { validation: 20, seed }).validation];
  expect(split(1)).toEqual(split(1));
  expect(split(1)).not.toEqual(split(2));
});

it('refuses to leave nothing to train on', () => {
  expect(() => splitTrainValidation(labelled([2, 3]), { validation: 5, seed: 1 })).toThrow(
    '5 validation images cannot be carved out of 5 training images.',
  );
});
