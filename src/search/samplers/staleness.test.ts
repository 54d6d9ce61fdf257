import { expect, test } from 'vitest';
import { historyOf } from '../history.js';
import type { Observation } from '../sampler.js';
import { createStaleness, isSlow } from './staleness.js';

const observed = (id: number, costs: readonly number[], violation = 0): Observation => ({
  id,
  genome: Uint8Array.of(id),
  values: {},
  costs: Float64Array.from(costs),
  excess: new Float64Array(0),
  violation,
  rung: 0,
});

test('is slow when the last fifty observations added less than a thousandth of the hypervolume', () => {
  const first = [observed(0, [10, 10]), observed(1, [1, 5]), observed(2, [5, 1])];
  const then = (costs: readonly number[], violation = 0) =>
    Array.from({ length: 50 }, (_, i) => observed(3 + i, i === 20 ? costs : [9, 9], violation));
  expect(isSlow([])).toBe(false);
  expect(isSlow(first)).toBe(false);
  expect(isSlow([...first, ...then([9, 9])])).toBe(true);
  // Of 65 that are covered, (4.99, 4.99) adds 0.0001 and (4, 4) adds 1.
  expect(isSlow([...first, ...then([4.99, 4.99])])).toBe(true);
  expect(isSlow([...first, ...then([4, 4])])).toBe(false);
  expect(isSlow([...first, ...then([4, 4], 1)])).toBe(true);
});

test('counts the observations since the front last grew, wherever it begins to count', () => {
  const costs = [
    [3, 3],
    [2, 4],
    [2, 4],
    [5, 5],
    [1, 9],
    [0, 0],
    [9, 9],
  ] as const;
  const observations = costs.map((pair, id) => observed(id, pair, id === 5 ? 1 : 0));
  const expected = [0, 0, 0, 1, 2, 0, 1, 2];
  const staleAt = createStaleness(historyOf(observations));
  for (const horizon of [7, 2, 4, 5, 6, 0, 1, 3]) expect(staleAt(horizon)).toBe(expected[horizon]);
  for (const [horizon, count] of expected.entries()) {
    expect(createStaleness(historyOf(observations))(horizon)).toBe(count);
  }
});
