import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../config/index.js';
import { planSearch } from './plan.js';

const open = { steps: true, fidelity: true, finalists: true };
const cifar = {
  seconds: 3600,
  workers: 2,
  speed: { secondsPerStep: 0.03, secondsBesides: 2 },
  images: 47_500,
  batchSize: 64,
  steps: 300,
  open,
};

test('an hour of two cores on CIFAR-10 is divided between the search and its finalists', () => {
  const plan = planSearch(cifar);
  expect(plan.steps).toBeGreaterThan(2000);
  expect(plan.fidelity?.rungs.every((rung) => rung < plan.steps)).toBe(true);
  expect(plan.finalists).toMatchObject({ seeds: 2, networks: 4 });
  expect(plan.finalists?.steps).toBeGreaterThan(plan.steps);
  expect(plan.text).toMatch(
    /^Planned for 1 h.*: 30.* ms a step measured on 2 workers; .*epochs of 47,500 images/,
  );
});

test('small data and short times give short trials, and none is stopped where its first rung would say nothing', () => {
  const plan = planSearch({ ...cifar, seconds: 300, images: 400 });
  expect(plan.steps).toBe(100);
  expect(plan.fidelity).toBeUndefined();
});

test('where time suffices for few trials, there are no finalists', () => {
  const slow = { secondsPerStep: 1, secondsBesides: 5 };
  expect(planSearch({ ...cifar, seconds: 600, speed: slow }).finalists).toBeUndefined();
});

test('what a user has said stays', () => {
  const plan = planSearch({ ...cifar, open: { steps: false, fidelity: false, finalists: false } });
  expect(plan).toMatchObject({ steps: 300, fidelity: undefined, finalists: undefined });
});

test('a plan fits its time whatever the speed, unless the least does not', () => {
  fc.assert(
    fc.property(
      fc.record({
        seconds: fc.double({ min: 120, max: 100_000, noNaN: true }),
        workers: fc.integer({ min: 1, max: 32 }),
        perStep: fc.double({ min: 1e-4, max: 2, noNaN: true }),
        images: fc.integer({ min: 10, max: 2_000_000 }),
      }),
      ({ seconds, workers, perStep, images }) => {
        const speed = { secondsPerStep: perStep, secondsBesides: 1 };
        const { steps, finalists, trials } = planSearch({ ...cifar, seconds, workers, speed, images });
        expect(trials).toBeGreaterThanOrEqual(20);
        expect(steps).toBeGreaterThanOrEqual(100);
        const whole = steps * perStep + 1;
        expect(steps === 100 || (40 * whole) / workers <= 0.65 * seconds * 1.001).toBe(true);
        const { networks = 0, seeds = 0, steps: later = 0 } = finalists ?? {};
        const lasts = (networks * seeds * (later * perStep + 1)) / workers;
        expect(later === Math.max(100, steps) || lasts <= 0.35 * seconds * 1.001).toBe(true);
      },
    ),
  );
});

test('a search plans only where it is given a time and no number of trials', () => {
  const openOf = (data: object, overrides = {}) => parseConfig(data, { overrides }).open;
  expect(openOf({})).toBeUndefined();
  expect(openOf({}, { seconds: 3600, trials: 50 })).toBeUndefined();
  expect(openOf({ budget: { trials: 50 } }, { seconds: 3600 })).toBeUndefined();
  expect(openOf({}, { seconds: 3600 })).toEqual(open);
  expect(openOf({ budget: { seconds: 60 } })).toEqual(open);
  expect(openOf({ evaluator: { name: 'training', steps: 200 } }, { seconds: 60, finalistSeeds: 1 })).toEqual({
    steps: false,
    fidelity: true,
    finalists: false,
  });
  expect(openOf({ fidelity: { rungs: [50] } }, { seconds: 60 })).toMatchObject({
    steps: false,
    fidelity: false,
  });
});
