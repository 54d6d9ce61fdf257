/** What studies and the whole job compute from their results. */
import { expect, test } from 'vitest';
import { finalistsOf, openSpace, pointOf, violationsOf, wholeVolume } from '../bench/whole/plan.js';
import { createRandom } from '../src/base/index.js';
import { countCost, lower } from '../src/models/index.js';
import { differences } from '../studies/gates/techniques-page.js';
import { staticHalf, techniquesOf } from '../studies/gates/techniques.js';
import { ceilingOf, deviationBetween } from '../studies/ranking/ceiling.js';

test('the deviation between seeds is pooled over networks', () => {
  // Squares 2 and 8 + 0 + 8, with 1 and 2 degrees of freedom.
  expect(deviationBetween([[1, 3], [1, 3, 5], [7]])).toEqual({
    deviation: expect.closeTo(Math.sqrt(10 / 3)),
    freedom: 3,
  });
  expect(deviationBetween([[1], [2]])).toBeUndefined();
});

test('a perfect score reaches a tau of 1 without noise, less with it, more with further seeds', () => {
  const networks = (noise: number, seeds: number) => {
    const random = createRandom(`${noise}`);
    return Array.from({ length: 24 }, (_, i) =>
      Array.from({ length: seeds }, () => i + noise * random.normal()),
    );
  };
  expect(ceilingOf(networks(1e-6, 2))?.tau).toBeCloseTo(1, 3);
  const [few, many] = [ceilingOf(networks(4, 2))?.tau ?? 0, ceilingOf(networks(4, 12))?.tau ?? 0];
  expect(few).toBeLessThan(0.85);
  expect(few).toBeGreaterThan(0.4);
  expect(many).toBeGreaterThan(few);
  expect(ceilingOf([[1], [2]])).toBeUndefined();
});

test('techniques share their steps, and the static network has about half of the MACs', () => {
  const all = techniquesOf(400);
  for (const { phases } of all) expect(phases.reduce((sum, { recipe }) => sum + recipe.steps, 0)).toBe(400);
  const whole = all.find(({ name }) => name === 'open')?.phases[0]?.architecture;
  const share = countCost(lower(staticHalf())).macs / countCost(lower(whole as never)).macs;
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.56);
});

test('techniques are compared by the seeds that both have', () => {
  const results = (entries: Record<number, number>) =>
    new Map(Object.entries(entries).map(([seed, accuracy]) => [Number(seed), { accuracy } as never]));
  expect(differences(results({ 1: 0.9, 2: 0.8, 3: 0.7 }), results({ 2: 0.75, 1: 0.92 }))).toEqual([
    expect.closeTo(-2),
    expect.closeTo(5),
  ]);
});

test('finalists keep the limits, are no more than asked, and each adds hypervolume', () => {
  const space = openSpace('cifar-small');
  const random = createRandom('finalists');
  const candidates = Array.from({ length: 40 }, () => ({
    genome: [...space.random(random)],
    accuracy: random.next(),
  }));
  const chosen = finalistsOf(candidates, space, 3);
  expect(chosen.length).toBeGreaterThan(0);
  expect(chosen.length).toBeLessThanOrEqual(3);
  expect(finalistsOf(chosen, space, 3)).toHaveLength(chosen.length);
  expect(violationsOf([8, 6])).toEqual([0, 0.5]);
  // Half the error, half of both limits: an eighth of the cube.
  expect(wholeVolume([pointOf(0.5, [4, 2])])).toBeCloseTo(0.125);
  expect(wholeVolume([])).toBe(0);
});
