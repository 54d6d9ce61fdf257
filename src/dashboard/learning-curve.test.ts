import { expect, test } from 'vitest';
import { learningCurve } from './learning-curve.js';

const text = (points: Parameters<typeof learningCurve>[0]) =>
  learningCurve(points, 'braille')
    .map((line) => line.map(({ text: part }) => part).join(''))
    .join('\n');
const falling = Array.from({ length: 10 }, (_, i) => ({ step: 10 * (i + 1), loss: 2 / (i + 1) }));

test('plots the loss over the steps, and accuracy where it was measured more than once', () => {
  expect(text(falling)).toContain('training loss');
  expect(text(falling)).not.toContain('accuracy');
  expect(text([...falling.slice(0, -1), { step: 100, loss: 0.2, accuracy: 0.5 }])).not.toContain('accuracy');
  const both = text(falling.map((point, i) => (i % 3 === 0 ? { ...point, accuracy: i / 10 } : point)));
  expect(both).toContain('validation accuracy');
  expect(both).toContain('step');
  expect(both.split('\n').every((line) => Array.from(line).length <= 64)).toBe(true);
});

test('one point is no curve', () => {
  expect(learningCurve([], 'braille')).toEqual([]);
  expect(learningCurve([{ step: 1, loss: 2, accuracy: 0.5 }], 'braille')).toEqual([]);
});
