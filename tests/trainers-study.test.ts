import { describe, expect, test } from 'vitest';
import { type Pair, compareAll, compareNetwork, isWithin } from '../studies/trainers/compare.js';

describe('comparison of the trainers', () => {
  const even = { ours: [0.4, 0.5, 0.6], torch: [0.41, 0.51, 0.61] };
  const sixteen = (pair: Pair) => Array.from({ length: 16 }, () => pair);
  test('the standard error of a difference is that of both means', () => {
    const { difference, standardError } = compareNetwork(even);
    expect(difference).toBeCloseTo(-0.01, 12);
    // Each side: variance 0.01, of the mean of three 0.01 / 3.
    expect(standardError).toBeCloseTo(Math.sqrt(0.02 / 3), 12);
  });
  test('many networks that differ alike show what one does not', () => {
    const apart = { ours: [0.4, 0.41, 0.42], torch: [0.41, 0.42, 0.43] };
    expect(isWithin(compareNetwork(apart))).toBe(true);
    expect(isWithin(compareAll(sixteen(apart)))).toBe(false);
    expect(isWithin(compareAll(sixteen(even)))).toBe(true);
  });
});
