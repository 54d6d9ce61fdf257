import { expect, test } from 'vitest';
import type { Observation } from '../sampler.js';
import { referenceOf } from './reference.js';

const observed = (costs: number[], violation = 0) =>
  ({ costs: Float64Array.from(costs), violation }) as Observation;

test('where everything meets the outcome constraints, the worst costs are the reference', () => {
  const data = [observed([1, 9]), observed([2, 3]), observed([8, 1])];
  expect([...referenceOf(data, [])]).toEqual([8, 9]);
});

test('what breaks outcome constraints, and is far worse than all else, does not stretch what counts', () => {
  const broken = [observed([3, 1e6], 1), observed([2, 5], 1), observed([4, 4], 1)];
  const met = [observed([1, 9]), observed([6, 3])];
  const [first, second] = referenceOf([...broken, ...met], []);
  expect(first).toBe(6);
  expect(second).toBe(9);
});

test('costs of what breaks them count up to their median, so that the ends of the front are searched', () => {
  const broken = [observed([30, 1], 1), observed([20, 2], 1), observed([25, 3], 1), observed([22, 4], 1)];
  const [first] = referenceOf([...broken, observed([5, 5])], []);
  expect(first).toBe(22);
});

test('while nothing meets them, the worst costs are the reference', () => {
  expect([...referenceOf([observed([3, 1e6], 1), observed([2, 5], 1)], [])]).toEqual([3, 1e6]);
});
