import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canAlign, groupSizes, splitChannels } from './split.js';

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

describe('with borders at multiples', () => {
  const borders = (sizes: readonly number[]) => sizes.slice(0, -1).map((_, i) => sum(sizes.slice(0, i + 1)));
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

  test('every border is one, every group has one, and no border moves further than it has to', () => {
    const any = fc.record({
      groups: fc.integer({ min: 1, max: 6 }),
      more: fc.nat(600),
      kind: split,
      align: fc.constantFrom(2, 4, 8, 16, 32),
    });
    fc.assert(
      fc.property(any, ({ groups, more, kind, align }) => {
        const channels = groups + more;
        const plain = splitChannels(channels, groups, kind(groups));
        const sizes = groupSizes(channels, groups, { split: kind(groups), align });
        if (!canAlign(channels, groups, align)) {
          expect(sizes).toEqual(plain);
          return;
        }
        expect(sum(sizes)).toBe(channels);
        expect(borders(sizes).every((border) => border % align === 0)).toBe(true);
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(align);
        if (Math.min(...plain) < align) return;
        const moves = borders(sizes).map((border, i) => Math.abs(border - (borders(plain)[i] as number)));
        // Half a multiple, unless the groups behind it would be left with less than one.
        for (const move of moves) expect(move).toBeLessThan(align);
      }),
    );
  });

  test('halves go up; the last group has the rest; too few channels stay as they were', () => {
    const sizes = (channels: number, groups: number) =>
      groupSizes(channels, groups, { split: 'equal', align: 16 });
    expect(sizes(96, 4)).toEqual([32, 16, 32, 16]);
    expect(sizes(100, 2)).toEqual([48, 52]);
    expect(sizes(47, 3)).toEqual(splitChannels(47, 3, 'equal'));
    expect(groupSizes(128, 4, { split: 'exponential', align: 16 })).toEqual([64, 32, 16, 16]);
  });

  test('without a multiple, and with 1, nothing moves', () => {
    for (const align of [undefined, 1]) {
      expect(groupSizes(97, 4, { split: 'exponential', align })).toEqual(splitChannels(97, 4, 'exponential'));
    }
  });
});
