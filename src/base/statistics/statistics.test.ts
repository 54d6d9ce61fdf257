import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bisect, kendall, lowerBound, median, ranks, spearman, upperMedian } from './index.js';

/** Few distinct values, so that ties are common. */
const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ noNaN: true }));
const pairs = fc.array(fc.tuple(value, value), { maxLength: 25 });
const columns = (list: readonly (readonly [number, number])[]) =>
  [list.map(([a]) => a), list.map(([, b]) => b)] as const;
const isConstant = (list: readonly number[]) => list.every((one) => one === list[0]);

describe.each([
  ['spearman', spearman],
  ['kendall', kendall],
] as const)('%s', (_, correlation) => {
  test('lies between -1 and 1, and is undefined only where a list is constant or shorter than two', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = columns(list);
        const answer = correlation(a, b);
        expect(answer === undefined).toBe(isConstant(a) || isConstant(b));
        if (answer !== undefined) expect(Math.abs(answer)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('is the same whichever list comes first, and however the pairs are ordered', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = columns(list);
        expect(correlation(b, a)).toBe(correlation(a, b));
        expect(correlation(a.toReversed(), b.toReversed())).toBe(correlation(a, b));
      }),
    );
  });

  test('knows only the order: a rising transformation changes nothing, a falling one turns the sign', () => {
    const small = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })));
    fc.assert(
      fc.property(small, (list) => {
        const [a, b] = columns(list);
        const before = correlation(a, b);
        const rising = a.map((x) => x ** 3 + 5);
        const falling = a.map((x) => -2 * x);
        expect(correlation(rising, b)).toBe(before);
        expect(correlation(falling, b) ?? 0).toBeCloseTo(-(before ?? 0), 12);
      }),
    );
  });

  test('is 1 for a list with itself and -1 with its opposite', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2 }), (list) => {
        fc.pre(!isConstant(list));
        const opposite = list.map((x) => -x);
        expect(correlation(list, list)).toBeCloseTo(1, 12);
        expect(correlation(list, opposite)).toBeCloseTo(-1, 12);
      }),
    );
  });

  test('gives NaN for a NaN, and refuses lists of different lengths', () => {
    expect(correlation([1, Number.NaN, 3], [1, 2, 3])).toBeNaN();
    expect(correlation([1, 1], [Number.NaN, 2])).toBeNaN();
    expect(() => correlation([1, 2], [1, 2, 3])).toThrow('2 with 3 values');
  });
});

test('Spearman with ties by hand: ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4 give 4.5 over the root of 4.5 x 5', () => {
  expect(ranks([10, 20, 20, 30])).toEqual([1, 2.5, 2.5, 4]);
  expect(spearman([10, 20, 20, 30], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
});

test('Kendall with ties by hand: five of six pairs agree and one is tied, so 5 over the root of 5 x 6', () => {
  expect(kendall([10, 20, 20, 30], [1, 3, 2, 4])).toBeCloseTo(5 / Math.sqrt(5 * 6), 12);
  expect(kendall([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(4 / 6, 12);
});

test('ranks are a permutation of 1 to n where no values are equal, and always have its sum', () => {
  fc.assert(
    fc.property(fc.array(value), (list) => {
      const sum = ranks(list).reduce((a, b) => a + b, 0);
      expect(sum).toBe((list.length * (list.length + 1)) / 2);
    }),
  );
});

test('the median has as many values below as above; the upper one is of the list', () => {
  const finite = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1 });
  fc.assert(
    fc.property(finite, (list) => {
      const middle = median(list);
      expect(list.filter((x) => x < middle).length).toBeLessThanOrEqual(list.length / 2);
      expect(list.filter((x) => x > middle).length).toBeLessThanOrEqual(list.length / 2);
      expect(list).toContain(upperMedian(list));
      expect(upperMedian(list)).toBeGreaterThanOrEqual(middle);
      if (list.length % 2 === 1) expect(upperMedian(list)).toBe(middle);
    }),
  );
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(upperMedian([4, 1, 3, 2])).toBe(3);
  expect(median([])).toBeNaN();
  expect(upperMedian([])).toBeNaN();
});

test('bisection finds what a walk from the front finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 })),
      fc.integer({ min: -10, max: 10 }),
      (list, limit) => {
        const sorted = list.toSorted((a, b) => a - b);
        const below = sorted.filter((x) => x < limit).length;
        expect(bisect(sorted.length, (place) => (sorted[place] as number) < limit)).toBe(below);
        expect(lowerBound(Float64Array.from(sorted), limit)).toBe(below);
        expect(lowerBound([...sorted, -99], limit, sorted.length)).toBe(below);
      },
    ),
  );
});
