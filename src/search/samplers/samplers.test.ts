import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { evaluateSmall, smallSpace, twoObjectives } from '../test-helpers/small-space.js';
import { type SamplerName, createStudy, samplerNames } from '../index.js';
import { createScale, scaleKinds } from '../model/scale.js';
import type { Observation } from '../sampler.js';
import { referenceDirections, selectByNiche } from './nsga3.js';

test('reference directions lie on the simplex, apart from each other', () => {
  for (const objectives of [1, 2, 3, 4, 6]) {
    const directions = referenceDirections(objectives, 40);
    expect(directions.length).toBeGreaterThanOrEqual(objectives);
    expect(new Set(directions.map((d) => d.join())).size).toBe(directions.length);
    for (const d of directions) expect(d.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
});

test('niching keeps the first front and spreads what it keeps of the last over the directions', () => {
  const random = createRandom('niches');
  const make = (id: number, costs: number[]): Observation => {
    return {
      id,
      genome: Uint8Array.of(id),
      origin: 'random',
      values: {},
      costs: Float64Array.from(costs),
      excess: new Float64Array(0),
      violation: 0,
      rung: 0,
    };
  };
  // 60 points of a sphere crowd in one corner; one stands at each of the other three.
  const crowd = Array.from({ length: 60 }, (_, i) => {
    const raw = [1, 0, 0, 0].map((v) => v + 0.1 * random.next());
    const norm = Math.hypot(...raw);
    return make(
      i,
      raw.map((v) => 1 - v / norm),
    );
  });
  const corners = [1, 2, 3].map((k) =>
    make(
      60 + k,
      [0, 1, 2, 3].map((j) => (j === k ? 0 : 1)),
    ),
  );
  const kept = selectByNiche([...crowd, ...corners], 10, referenceDirections(4, 40));
  expect(kept.length).toBe(10);
  expect(kept.filter((r) => r.observation.id > 60).length).toBe(3);
});

test('every sampler finds more than chance does on a structured problem', () => {
  const found = (sampler: SamplerName, seed: number) => {
    const fidelity = sampler === 'mo-asha' ? { fidelity: { rungs: [1] } } : {};
    const options = { space: smallSpace, objectives: twoObjectives, sampler, seed, ...fidelity };
    const study = createStudy(options);
    for (let i = 0; i < 45; i++) {
      const trial = study.ask();
      study.tell(trial.id, evaluateSmall(trial.params));
    }
    return study.hypervolume({ accuracy: 0, latencyMs: 12 });
  };
  const mean = (sampler: SamplerName) => [1, 2, 3].reduce((sum, seed) => sum + found(sampler, seed) / 3, 0);
  const chance = mean('random');
  const worse = samplerNames.filter((name) => name !== 'random' && mean(name) <= chance);
  expect(worse).toEqual([]);
});

test('a cheap score guides once it is seen to rank, and does no harm where it does not', () => {
  const run = (sign: number) => {
    const study = createStudy({
      space: smallSpace,
      objectives: [{ name: 'accuracy', direction: 'maximize' }],
      price: ({ params }) => ({ proxy: sign * evaluateSmall(params).accuracy }),
      sampler: { name: 'predictor', score: 'proxy', initial: 10 },
      seed: 2,
    });
    for (let i = 0; i < 30; i++) {
      const trial = study.ask();
      study.tell(trial.id, { accuracy: evaluateSmall(trial.params).accuracy });
    }
    return study.best()?.values?.['accuracy'] as number;
  };
  expect(run(1)).toBeGreaterThan(0.9);
  expect(run(-1)).toBeGreaterThan(0.8);
});

test('scales rise, lead back to what they came from, and make a long tail short', () => {
  const random = createRandom('scales');
  const values = Array.from({ length: 80 }, () => 70 - 8 * Math.exp(random.normal()));
  for (const kind of scaleKinds) {
    const scale = createScale(kind, values);
    const scaled = values.toSorted((a, b) => a - b).map(scale.to);
    expect(scaled.every((v, i) => i === 0 || v >= (scaled[i - 1] as number))).toBe(true);
    for (const value of [...values, -500, 90]) expect(scale.from(scale.to(value))).toBeCloseTo(value, 6);
    const least = Math.min(...values);
    if (kind !== 'linear') expect(scale.to(least)).toBeGreaterThan(createScale('linear', values).to(least));
  }
  expect(createScale('blended', [3, 3, 3]).to(3)).toBe(0);
});
