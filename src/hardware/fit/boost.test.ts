import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { evaluateForest, evaluateRising, fitForest } from './boost.js';

test('rising rows are evaluated together as each alone', () => {
  const random = createRandom('rows');
  const rows = Array.from({ length: 200 }, () => Float64Array.from({ length: 4 }, () => random.next()));
  const forest = fitForest(
    rows,
    rows.map((row) => (row[0] as number) * (row[1] as number) + Math.sin(9 * (row[2] as number))),
    random,
  );
  const line = Array.from({ length: 25 }, (_, i) => Float64Array.from([i / 25, (i / 25) ** 2, 0.3, i / 50]));
  expect([...evaluateRising(forest, line)]).toEqual(line.map((row) => evaluateForest(forest, row)));
  expect(new Set(evaluateRising(forest, line)).size).toBeGreaterThan(5);
});
