import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFront, dominates, weaklyDominates } from './index.js';

/**
 * Costs with many ties, and with neighbours that differ by rounding alone: 0.1 + 0.2 is not 0.3, and the
 * smallest number above 1 is not 1.
 */
const cost = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.constantFrom(0.3, 0.1 + 0.2, 1 + Number.EPSILON, -0, 0.7 * 3, 2.1, Infinity),
);
const points = (size = 30) =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((n) =>
      fc.array(fc.array(cost, { minLength: n, maxLength: n }), { minLength: 1, maxLength: size }),
    );
/** Points, and an order to add them in. */
const shuffled = points().chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc.shuffledSubarray(
      all.map((_, i) => i),
      { minLength: all.length },
    ),
  ),
);

/** Of the first points added, those that none of them dominates, in the order of adding. */
const undominated = (all: readonly number[][], added: readonly number[]) =>
  added.filter((i) => !added.some((j) => dominates(all[j] as number[], all[i] as number[])));

test('after every point the front is what brute force finds, in any order of adding, ties and rounding included', () => {
  fc.assert(
    fc.property(shuffled, ([all, order]) => {
      const front = createFront<number>(all[0]?.length ?? 1);
      order.forEach((i, count) => {
        front.add(i, all[i] as number[]);
        expect(front.members()).toEqual(undominated(all, order.slice(0, count + 1)));
        expect(front.size).toBe(front.members().length);
      });
    }),
    { numRuns: 300 },
  );
});

test('the order of adding makes no difference to who is on the front', () => {
  fc.assert(
    fc.property(shuffled, ([all, order]) => {
      const built = (indices: readonly number[]) => {
        const front = createFront<number>(all[0]?.length ?? 1);
        for (const i of indices) front.add(i, all[i] as number[]);
        return front.members().toSorted((a, b) => a - b);
      };
      expect(built(order)).toEqual(built(all.map((_, i) => i)));
    }),
  );
});

test('a newcomer drives out exactly the members that it dominates, and joins where none dominates it', () => {
  fc.assert(
    fc.property(points(), (all) => {
      const front = createFront<number>(all[0]?.length ?? 1);
      all.forEach((point, i) => {
        const before = front.members().slice();
        const joins = !before.some((j) => dominates(all[j] as number[], point));
        expect(front.accepts(point)).toBe(joins);
        const gone = before.filter((j) => dominates(point, all[j] as number[]));
        expect(front.add(i, point)?.toSorted((a, b) => a - b)).toEqual(joins ? gone : undefined);
      });
    }),
  );
});

test('where equal points count as covered, the first of them stays and no member covers another', () => {
  fc.assert(
    fc.property(points(), (all) => {
      const front = createFront<number>(all[0]?.length ?? 1, 'covered');
      all.forEach((point, i) => front.add(i, point));
      const expected = undominated(
        all,
        all.map((_, i) => i),
      ).filter((i) => !all.slice(0, i).some((q) => weaklyDominates(q, all[i] as number[])));
      expect(front.members()).toEqual(expected);
    }),
  );
});

test('members stand in ascending order of objective 0, among equals the newest first', () => {
  fc.assert(
    fc.property(points(), (all) => {
      const front = createFront<number>(all[0]?.length ?? 1);
      all.forEach((point, i) => front.add(i, point));
      const x = (i: number) => all[i]?.[0] as number;
      expect(front.ascending).toEqual(
        front.members().toSorted((a, b) => (x(a) === x(b) ? b - a : x(a) - x(b))),
      );
    }),
  );
});

test('costs are copied: what happens to them after adding changes nothing', () => {
  const front = createFront<string>(2);
  const costs = [1, 1];
  front.add('first', costs);
  costs[0] = 9;
  expect(front.add('second', [2, 2])).toBeUndefined();
  expect(front.members()).toEqual(['first']);
});

test('a front outgrows the room that it begins with', () => {
  const front = createFront<number>(3);
  for (let i = 0; i < 500; i++) front.add(i, [i, 500 - i, 1]);
  expect(front.members()).toEqual(Array.from({ length: 500 }, (_, i) => i));
  expect(front.add(500, [0, 0, 0])).toHaveLength(500);
});
