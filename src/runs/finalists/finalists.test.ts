import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Measured } from '../front.js';
import { contents } from '../test-helpers/small-run.js';
import { type FinalistResult, judgeFinalists, spreadOver } from './finalists.js';

const rules = { objectives: contents.manifest.objectives, scales: contents.references.scales };
const config = { seeds: 2 };

const row = (id: number, accuracy: number, latencyMs: number): Measured => ({
  id,
  known: { 'latencyMs.phone': latencyMs },
  values: { accuracy },
  state: 'complete',
});
const rows = [row(0, 0.5, 2), row(1, 0.8, 5), row(2, 0.7, 4), row(3, 0.4, 9)];

const result = (trial: number, seed: number, accuracy?: number): FinalistResult => ({
  trial,
  seed,
  state: accuracy === undefined ? 'failed' : 'complete',
  values: accuracy === undefined ? {} : { accuracy },
  reason: accuracy === undefined ? 'diverged' : undefined,
  seconds: 1,
});

test('a run that asks for no finalists has none', () => {
  expect(judgeFinalists(rows, [], undefined, rules)).toBeUndefined();
  expect(judgeFinalists(rows, [], { seeds: 0 }, rules)).toBeUndefined();
});

test('finalists are the front; until each has one later result the front is that of the search', () => {
  const before = judgeFinalists(rows, [], config, rules);
  expect(before?.finalists.map(({ trial }) => trial)).toEqual([0, 1, 2]);
  expect(before).toMatchObject({ done: 0, total: 6, later: undefined });
  const some = judgeFinalists(rows, [result(0, 1, 0.5), result(1, 1, 0.6)], config, rules);
  expect(some).toMatchObject({ done: 2, later: undefined });
  expect(some?.finalists.map(({ waiting }) => waiting)).toEqual([[2], [2], [1, 2]]);
});

test('the later front is by the mean of the later accuracies alone', () => {
  const results = [
    ...[result(0, 1, 0.46), result(0, 2, 0.5)],
    ...[result(1, 1, 0.6), result(1, 2, 0.64)],
    ...[result(2, 1, 0.66), result(2, 2, 0.7)],
  ];
  const judged = judgeFinalists(rows, results, config, rules);
  // Trial 1 was the best of the search; trial 2 is as good as it seemed, and faster.
  expect(judged?.later?.map(({ id }) => id)).toEqual([0, 2]);
  const [first, second] = judged?.later ?? [];
  expect(first?.values['accuracy']).toBeCloseTo(0.48, 12);
  expect(second?.values['accuracy']).toBeCloseTo(0.68, 12);
  expect(judged?.finalists[1]).toMatchObject({ first: 0.8, seeds: 2, onFront: false, waiting: [] });
  expect(judged?.finalists[1]?.later).toBeCloseTo(0.62, 12);
  expect(judged?.finalists[1]?.deviation).toBeCloseTo(0.04 / Math.SQRT2, 12);
});

test('a finalist that fails with every further seed is not on the later front', () => {
  const results = [0, 1, 2].flatMap((trial) =>
    [1, 2].map((seed) => result(trial, seed, trial === 1 ? undefined : 0.5 + trial / 10)),
  );
  const judged = judgeFinalists(rows, results, config, rules);
  expect(judged?.later?.map(({ id }) => id)).toEqual([0, 2]);
  expect(judged?.finalists[1]).toMatchObject({ seeds: 0, later: Number.NaN, onFront: false });
});

test('what is known of finalists does not depend on the order of results', () => {
  const results = [0, 1, 2].flatMap((trial) => [1, 2].map((seed) => result(trial, seed, 0.5 + trial / 10)));
  fc.assert(
    fc.property(fc.shuffledSubarray(results), (some) => {
      const judged = judgeFinalists(rows, some, config, rules);
      const sorted = judgeFinalists(
        rows,
        some.toSorted((a, b) => a.seed - b.seed),
        config,
        rules,
      );
      expect(judged?.finalists).toEqual(sorted?.finalists);
      expect(judged?.later?.map(({ id }) => id)).toEqual(sorted?.later?.map(({ id }) => id));
      expect(judged?.done).toBe(some.length);
    }),
  );
});

test('of a large front as many as wanted are chosen, the best and the least among them', () => {
  const front = Array.from({ length: 11 }, (_, trial) => ({ trial, accuracy: trial / 20 }));
  expect(spreadOver(front, 3).map(({ trial }) => trial)).toEqual([10, 5, 0]);
  expect(spreadOver(front, 1).map(({ trial }) => trial)).toEqual([10]);
  expect(spreadOver(front)).toHaveLength(11);
});
