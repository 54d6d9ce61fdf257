import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilson } from './index.js';

const cases = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }));

test('by hand: 8 of 10 lie between 49.0 and 94.3 %, 0 of 20 between 0 and 16.1 %', () => {
  expect(wilson(0.8, 10).low).toBeCloseTo(0.4902, 4);
  expect(wilson(0.8, 10).high).toBeCloseTo(0.9433, 4);
  expect(wilson(0, 20).low).toBe(0);
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4);
});

test('holds the share, stays within 0 to 1, mirrors, and narrows with the count', () => {
  fc.assert(
    fc.property(cases, ([count, part]) => {
      const share = Math.round(part * count) / count;
      const { low, high } = wilson(share, count);
      expect(low).toBeLessThanOrEqual(share);
      expect(high).toBeGreaterThanOrEqual(share);
      expect([low >= 0, high <= 1]).toEqual([true, true]);
      expect(wilson(1 - share, count).low).toBeCloseTo(1 - high, 12);
      const more = wilson(share, 4 * count);
      expect(more.high - more.low).toBeLessThan(high - low);
    }),
  );
});
