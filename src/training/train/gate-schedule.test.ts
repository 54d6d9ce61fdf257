import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { gateLayout } from '../network/gates.js';
import { graphOf } from '../test-helpers/graphs.js';
import { gateControlsAt } from './gate-schedule.js';
import { recipeSchema } from './recipe.js';

const hard = gateLayout(graphOf([{ kernels: [3, 5, 7], expansion: 3, gate: 'hard' }]));
const recipe = recipeSchema.parse({
  steps: 100,
  gates: { temperature: 4, warmup: 0, opening: 0, annealing: 0.5, noise: 1, penalty: 3, target: 0.4 },
});
const at = (step: number, changes: object = {}) =>
  gateControlsAt(step, { ...recipe, gates: { ...recipe.gates, ...changes } }, hard, 500, createRandom(step));

test('temperature falls geometrically to 1 and noise to none, and both stay there', () => {
  expect(at(0)?.temperature).toBeCloseTo(4);
  expect(at(25)?.temperature).toBeCloseTo(2);
  expect([50, 99].map((step) => at(step)?.temperature)).toEqual([1, 1]);
  expect(at(49)?.noise).toBeDefined();
  expect(at(50)?.noise).toBeUndefined();
  expect(at(10)).toMatchObject({ hardness: 1, penalty: 3, groups: undefined });
});

test('the share of MACs without a penalty falls from all of them to the target', () => {
  const targets = [0, 25, 50, 99].map((step) => at(step)?.target as number);
  [1, 0.7, 0.4, 0.4].forEach((target, i) => expect(targets[i]).toBeCloseTo(target));
});

test('in the warm-up every group runs and nothing is penalised; then noise and target fall to the same end', () => {
  const warm = { warmup: 0.25 };
  expect(at(24, warm)).toMatchObject({ penalty: 0, target: 1 });
  expect(Math.min(...(at(24, warm)?.noise ?? []))).toBeGreaterThan(100);
  expect(at(25, warm)).toMatchObject({ penalty: 3, target: 1 });
  expect(Math.max(...(at(25, warm)?.noise ?? []))).toBeLessThan(100);
  const [middle, end] = [at(37.5, warm), at(50, warm)];
  expect(middle?.target).toBeCloseTo(0.7);
  expect(end?.target).toBeCloseTo(0.4);
  expect(end?.noise).toBeUndefined();
});

test('after the warm-up the threshold rises from a lower one to its own, without noise by the same for all', () => {
  const opened = { warmup: 0.25, opening: 4, noise: 0 };
  const noiseAt = (step: number) => new Set(at(step, opened)?.noise);
  expect(noiseAt(25)).toEqual(new Set([4]));
  expect(noiseAt(37.5)).toEqual(new Set([2]));
  expect(at(50, opened)?.noise).toBeUndefined();
  const drawn = Array.from(at(25, { ...opened, noise: 1 })?.noise ?? []);
  expect(drawn.reduce((sum, x) => sum + x, 0) / drawn.length).toBeCloseTo(4, 0);
  expect(new Set(drawn).size).toBeGreaterThan(1000);
});

test('a warm-up that is longer than the annealing ends with it', () => {
  expect(at(49, { warmup: 0.9 })).toMatchObject({ penalty: 0, target: 1 });
  expect(at(50, { warmup: 0.9 })).toMatchObject({ penalty: 3, noise: undefined });
});

test('the noise is the difference of two Gumbel variables: logistic, of this scale', () => {
  const noise = Array.from(at(0)?.noise ?? []);
  expect(noise).toHaveLength(500 * 3);
  const variance = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
  expect(variance).toBeGreaterThan(0.85 * (Math.PI ** 2 / 3));
  expect(variance).toBeLessThan(1.15 * (Math.PI ** 2 / 3));
  const half = Array.from(at(25)?.noise ?? []);
  expect(half.reduce((sum, x) => sum + x * x, 0) / half.length).toBeLessThan(0.4 * variance);
});

test('switches the largest kernels off in the share of steps it is asked to', () => {
  const drawn = Array.from({ length: 400 }, (_, step) => at(step, { switchOff: 0.5 })?.groups);
  const switched = drawn.filter((groups) => groups !== undefined);
  expect(switched.length).toBeGreaterThan(150);
  expect(switched.length).toBeLessThan(250);
  expect(new Set(switched)).toEqual(new Set([1, 2]));
});

test('a network without gates is not steered', () => {
  const plain = gateLayout(graphOf([{}]));
  expect(gateControlsAt(0, recipe, plain, 4, createRandom(1))).toBeUndefined();
});

test('bounds narrow, the open pass begins, and ranks close after the warm-up', () => {
  const all = {
    warmup: 0.25,
    bounds: { weight: 2, low: 0.1, high: 0.6 },
    open: { weight: 0.5, distillation: 1 },
  };
  expect(at(24, all)).toMatchObject({ penalty: 0 });
  expect(at(24, all)).not.toHaveProperty('bounds');
  expect(at(24, all)).not.toHaveProperty('open');
  expect(at(37.5, all)?.bounds).toEqual({ weight: 2, low: 0.1, high: expect.closeTo(0.8) });
  expect(at(60, all)).toMatchObject({ bounds: all.bounds, open: all.open });
  const ranked = { warmup: 0.25, closing: 'rank' };
  expect([24, 25, 37.5, 50].map((step) => at(step, ranked)?.running)).toEqual(
    [1, 1, 0.7, 0.4].map((x) => expect.closeTo(x)),
  );
  expect(at(30, ranked)?.noise).toBeUndefined();
  expect(at(30)?.running).toBeUndefined();
});
