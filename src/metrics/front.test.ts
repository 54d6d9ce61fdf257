import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates } from '../pareto/index.js';
import { type FrontRules, frontCosts, pointOf } from './index.js';

const rules: FrontRules = {
  objectives: [
    { name: 'accuracy', direction: 'maximize' },
    { name: 'macs', direction: 'minimize' },
  ],
  constraints: [{ metric: 'params', max: 10 }],
  scales: { macs: 3 },
};
const reader = (metrics: Readonly<Record<string, number>>) => (name: string) => metrics[name];
const grid = fc.record({ accuracy: fc.nat(10).map((n) => n / 10), macs: fc.nat(10) });

test('objectives are compared in minimisation, as they were recorded', () => {
  expect(frontCosts(reader({ accuracy: 0.7, macs: 2, params: 10 }), rules)).toEqual([-0.7, 2]);
});

test.each([
  ['breaks a limit', { accuracy: 0.7, macs: 2, params: 11 }],
  ['lacks an objective', { accuracy: 0.7, params: 1 }],
  ['has an objective that is no number', { accuracy: Number.NaN, macs: 2, params: 1 }],
])('a trial that %s cannot be on the front', (_, metrics) => {
  expect(frontCosts(reader(metrics as unknown as Record<string, number>), rules)).toBeUndefined();
});

test('a metric under a limit that a trial does not have keeps it off nothing', () => {
  expect(frontCosts(reader({ accuracy: 0.7, macs: 2 }), rules)).toEqual([-0.7, 2]);
});

test('who dominates whom does not depend on scales, but where scaling rounds', () => {
  fc.assert(
    fc.property(grid, grid, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (a, b, scale) => {
      const costs = (m: Record<string, number>) => frontCosts(reader(m), rules) as number[];
      const scaled = (m: Record<string, number>) => pointOf(reader(m), rules.objectives, { macs: scale });
      expect(dominates(costs(a), costs(b))).toBe(dominates(scaled(a), scaled(b)));
    }),
  );
});

test('accuracies that 1 minus them would make equal still differ', () => {
  const [low, high] = [0.1, 0.1 + 2 ** -56].map((accuracy) => ({ accuracy, macs: 1 }));
  const points = [low, high].map((m) => pointOf(reader(m as Record<string, number>), rules.objectives, {}));
  expect(points[0]).toEqual(points[1]);
  const costs = [low, high].map((m) => frontCosts(reader(m as Record<string, number>), rules) as number[]);
  expect(dominates(costs[1] as number[], costs[0] as number[])).toBe(true);
});
