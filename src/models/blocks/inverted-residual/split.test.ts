import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitChannels } from './split.js';

const split = fc.oneof(
  fc.constantFrom('equal' as const, 'exponential' as const).map((kind) => () => kind),
  fc
    .array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 8, maxLength: 8 })
    .map((ratios) => (groups: number) => ratios.slice(0, groups)),
);

test('parts sum to the channels and none is empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(2000), split, (groups, more, kind) => {
      const parts = splitChannels(groups + more, groups, kind(groups));
      expect(parts).toHaveLength(groups);
      expect(parts.reduce((a, b) => a + b, 0)).toBe(groups + more);
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('an equal split gives the remainder to the first group', () => {
  expect(splitChannels(10, 3, 'equal')).toEqual([4, 3, 3]);
  expect(splitChannels(720, 5, 'equal')).toEqual([144, 144, 144, 144, 144]);
});

test("an exponential split of 32 channels is the paper's 16, 8, 4, 4", () => {
  expect(splitChannels(32, 4, 'exponential')).toEqual([16, 8, 4, 4]);
  expect(splitChannels(32, 3, 'exponential')).toEqual([16, 8, 8]);
});

test('an exponential split of one or two groups is the equal one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 1, max: 2 }), (channels, groups) => {
      expect(splitChannels(channels, groups, 'exponential')).toEqual(
        splitChannels(channels, groups, 'equal'),
      );
    }),
  );
});

test('ratios are followed, and a tiny one still gets a channel', () => {
  expect(splitChannels(12, 2, [1, 3])).toEqual([3, 9]);
  expect(splitChannels(10, 3, [1e-6, 1e-6, 1])).toEqual([1, 1, 8]);
  expect(splitChannels(4, 4, [1000, 1, 1, 1])).toEqual([1, 1, 1, 1]);
});

test('fewer channels than groups is a broken invariant', () => {
  expect(() => splitChannels(2, 3, 'equal')).toThrow(/internal: 2 channels/);
});
