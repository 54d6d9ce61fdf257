import { expect, test } from 'vitest';
import { historyOf } from '../study/history.js';
import type { Observation } from '../sampler.js';
import { createStaleness } from './staleness.js';

const observed = (id: number, costs: readonly number[], violation = 0): Observation => ({
  id,
  genome: Uint8Array.of(id),
  origin: 'random',
  values: {},
  costs: Float64Array.from(costs),
  excess: new Float64Array(0),
  violation,
  rung: 0,
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
