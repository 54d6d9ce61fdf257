/** Results in any order: a study that need not be repeatable waits for nobody. */
import { expect, test } from 'vitest';
import { createStudy } from './create-study.js';

const samplers = ['random', 'nsga2', 'nsga3', 'aging', 'local', 'tpe', 'bayes', 'predictor'] as const;
const choices = [0, 1, 2, 3, 4, 5];

const open = (sampler: (typeof samplers)[number], deterministic: boolean) =>
  createStudy({
    space: { a: choices, b: choices, c: choices, d: choices },
    objectives: [
      { name: 'x', direction: 'minimize' },
      { name: 'y', direction: 'minimize' },
    ],
    sampler,
    seed: 3,
    parallel: 4,
    deterministic,
  });

test.each(samplers)('%s proposes from all results known while the first trial still runs', (sampler) => {
  const study = open(sampler, false);
  const evaluate = (id: number) => {
    const { a, b, c, d } = (study.trials[id] as (typeof study.trials)[number]).params;
    return { x: a + b + c, y: (5 - a) * 2 + d };
  };
  const slow = study.ask();
  const running: number[] = [];
  // Three workers finish in another order than they began.
  for (let i = 0; i < 80; i++) {
    expect(study.ready()).toBe(true);
    running.push(study.ask().id);
    if (running.length < 3) continue;
    const [id = 0] = running.splice(i % 3, 1);
    study.tell(id, evaluate(id));
  }
  const genomes = study.trials.map(({ genome }) => genome.join());
  expect(new Set(genomes).size).toBe(81);
  for (const { id, parents } of study.trials) {
    for (const parent of parents) {
      expect(parent).toBeLessThan(id);
      expect(parent).not.toBe(slow.id);
      expect(study.trials[parent]?.state).toBe('complete');
    }
  }
  const drawn = study.trials.slice(61).filter(({ origin }) => origin === 'random').length;
  if (sampler !== 'random') expect(drawn).toBeLessThan(10);
  study.tell(slow.id, evaluate(slow.id));
  expect(study.trials[0]?.state).toBe('complete');
  expect(study.ask().id).toBe(81);
});

test('what was restored counts, and so does what arrives later', () => {
  const before = open('nsga2', false);
  for (let id = 0; id < 30; id++) before.ask();
  for (let id = 29; id > 2; id--) before.tell(id, { x: id, y: 30 - id });
  const after = open('nsga2', false);
  after.restore(
    before.trials.map(({ id, genome, known, values, state, parents, origin }) => {
      return { id, genome, known, values, state, parents, origin };
    }),
  );
  expect(after.trials.filter(({ state }) => state === 'complete')).toHaveLength(27);
  expect(after.ready()).toBe(true);
  const { parents } = after.ask();
  expect(parents.length).toBeGreaterThan(0);
  after.tell(1, { x: 0, y: 0 });
  expect(after.front().map(({ id }) => id)).toEqual([1]);
});

test('by number it waits, and budgets of halving need that', () => {
  const study = open('bayes', true);
  for (let id = 0; id < 4; id++) study.ask();
  for (let id = 1; id < 4; id++) study.tell(id, { x: 1, y: 1 });
  expect(study.ready()).toBe(false);
  expect(() =>
    createStudy({
      space: { a: choices },
      objectives: [{ name: 'x', direction: 'minimize' }],
      deterministic: false,
      fidelity: { rungs: [1, 3], reductionFactor: 2 },
    }),
  ).toThrow(/`deterministic: false` does not work with `fidelity`/);
});
