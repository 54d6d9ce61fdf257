import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSettledCursor } from './index.js';

test('whatever the order they settle in, each is passed once, in order, as soon as all before it are settled', () => {
  const orders = fc.integer({ min: 0, max: 20 }).chain((count) =>
    fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count },
    ),
  );
  fc.assert(
    fc.property(orders, (order) => {
      const done = new Set<number>();
      const passed: number[] = [];
      const settled = createSettledCursor(
        (id) => done.has(id),
        (id) => passed.push(id),
      );
      for (const id of order) {
        done.add(id);
        const first = [...order, order.length]
          .filter((other) => !done.has(other))
          .toSorted((a, b) => a - b)[0];
        expect(settled()).toBe(first);
        expect(passed).toEqual(Array.from({ length: first as number }, (_, i) => i));
      }
    }),
  );
});
