import { expect, test } from 'vitest';
import { accuracyInterval, imagesOf, levelWithBest } from '../index.js';
import type { RunView } from '../index.js';

type Judged = Pick<RunView, 'config' | 'manifest'>;
const judgedBy = (evaluator: unknown, data?: unknown) =>
  ({ config: { evaluator }, manifest: { data } }) as unknown as Judged;
const dataOf = (name: string) => ({ source: { name }, classes: [{ train: 300 }, { train: 100 }] });
const training = judgedBy({ name: 'training', validation: 2000 });

test('an accuracy has an interval where it was measured on images, and only there', () => {
  expect(imagesOf(training)).toBe(2000);
  const { low = 0, high = 0 } = accuracyInterval(training, 0.559) ?? {};
  expect([low, high].map((v) => v.toFixed(3))).toEqual(['0.537', '0.581']);
  for (const evaluator of [undefined, 'synthetic', { name: 'synthetic', steps: 3 }, { name: 'command' }]) {
    expect(accuracyInterval(judgedBy(evaluator), 0.5)).toBeUndefined();
    expect(levelWithBest(judgedBy(evaluator), [0.5, 0.49])).toEqual([]);
  }
  expect(accuracyInterval(training, Number.NaN)).toBeUndefined();
});

test('members that differ from the best by less than its interval are level with it', () => {
  expect(levelWithBest(training, [0.5, 0.559, 0.54, 0.536])).toEqual([2]);
  expect(levelWithBest(training, [])).toEqual([]);
});

test('a share, and the default, are of the images that the run says; a folder without either is not known', () => {
  expect(imagesOf(judgedBy({ name: 'training', validation: 0.2 }, dataOf('folder')))).toBe(80);
  expect(imagesOf(judgedBy({ name: 'training' }, dataOf('textures')))).toBe(100);
  expect(imagesOf(judgedBy({ name: 'training' }, dataOf('folder')))).toBeUndefined();
  expect(imagesOf(judgedBy({ name: 'training', validation: 0.2 }))).toBeUndefined();
});

test('validation images of the data itself are those that count, whatever the config says', () => {
  const own = { ...dataOf('folder'), validation: 60 };
  for (const validation of [undefined, 0.2, 50]) {
    expect(imagesOf(judgedBy({ name: 'training', validation }, own))).toBe(60);
  }
  const none = { ...dataOf('folder'), validation: 0 };
  expect(imagesOf(judgedBy({ name: 'training' }, none))).toBe(100);
  expect(imagesOf(judgedBy({ name: 'training', validation: 50 }, none))).toBe(50);
});
