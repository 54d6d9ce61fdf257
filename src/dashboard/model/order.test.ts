import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByKey } from './order.js';

test('rows come in the order of their keys, and equal keys in the order of the rows', () => {
  const near = fc.integer({ min: 0, max: 40 }).map((i) => 1 + i * Number.EPSILON);
  const key = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -2, max: 2 }), near);
  fc.assert(
    fc.property(fc.oneof(fc.array(key, { maxLength: 60 }), fc.array(near, { maxLength: 60 })), (keys) => {
      const rows = Uint32Array.from(keys, (_, i) => i);
      const order = (a: number, b: number): number => {
        const [x, y] = [keys[a] as number, keys[b] as number];
        return x < y ? -1 : x > y ? 1 : a - b;
      };
      expect([...sortByKey(rows, keys)]).toEqual([...rows].sort(order));
    }),
  );
});
