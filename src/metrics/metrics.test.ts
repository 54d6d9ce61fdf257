import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Constraint,
  type Objective,
  costOf,
  costsOf,
  directionOf,
  excessOf,
  isWithin,
  limitConstraints,
  meetsAll,
  pointOf,
  scalesOf,
  sharedScales,
  totalViolation,
  violationOf,
} from './index.js';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const bounds = fc.record({ max: number, min: number }, { requiredKeys: [] });
const objective = (name: string): Objective => ({ name, direction: directionOf(name) });

test('of two values, the better one has the smaller cost, whatever the direction', () => {
  fc.assert(
    fc.property(number, number, fc.constantFrom('maximize', 'minimize'), (a, b, direction) => {
      const cost = (f: number) => costOf({ f }, { name: 'f', direction }) as number;
      const better = direction === 'maximize' ? a > b : a < b;
      expect(cost(a) < cost(b)).toBe(better);
    }),
  );
});

test('accuracy is made large, and everything else is a cost; what is not there has none', () => {
  expect(costOf({ accuracy: 0.7 }, objective('accuracy'))).toBe(-0.7);
  expect(costOf({ macs: 300 }, objective('macs'))).toBe(300);
  expect(costOf({}, objective('accuracy'))).toBeUndefined();
  expect([...costsOf({ macs: 300, accuracy: 0.7 }, ['macs', 'accuracy'].map(objective))]).toEqual([
    300, -0.7,
  ]);
});

test('a value is within its limits exactly where it exceeds and violates nothing', () => {
  fc.assert(
    fc.property(number, bounds, (value, limit) => {
      const within = isWithin(value, limit);
      expect(excessOf(value, limit) <= 0).toBe(within);
      expect(violationOf(value, limit) === 0).toBe(within);
    }),
  );
});

test('a trial meets all constraints exactly where its violations sum to 0; a metric that is missing breaks none', () => {
  const metric = fc.constantFrom('a', 'b', 'c');
  const constraints = fc.array(
    fc.tuple(metric, bounds).map(([name, limit]): Constraint => ({ metric: name, ...limit })),
  );
  fc.assert(
    fc.property(fc.record({ a: number, b: number }, { requiredKeys: [] }), constraints, (metrics, all) => {
      const read = (name: string) => (metrics as Record<string, number>)[name];
      expect(meetsAll(read, all)).toBe(totalViolation(metrics as Record<string, number>, all) === 0);
    }),
  );
});

test('limits become constraints on what a search limits: in a robust one, the upper end of the band', () => {
  const limits = { macs: 6e8, latencyMs: { phone: 20, board: 50 }, params: undefined, peakMemoryBytes: 1e6 };
  expect(limitConstraints({ limits: { latencyMs: {}, memoryBytes: { phone: 2e7 } } })).toEqual([
    { metric: 'memoryBytes.phone', max: 2e7 },
  ]);
  const sizes = [
    { metric: 'macs', max: 6e8 },
    { metric: 'peakMemoryBytes', max: 1e6 },
  ];
  expect(limitConstraints({ limits })).toEqual([
    { metric: 'latencyMs.phone', max: 20 },
    { metric: 'latencyMs.board', max: 50 },
    ...sizes,
  ]);
  expect(limitConstraints({ limits: { latencyMs: { phone: 20 } }, robust: true })).toEqual([
    { metric: 'latencyHighMs.phone', max: 20 },
  ]);
});

test('a scale is what the user says, else the limit of a cost, else the largest reference model’s value', () => {
  const objectives = ['accuracy', 'macs', 'params', 'latencyMs.phone', 'unknown'].map(objective);
  const constraints = [
    { metric: 'macs', max: 5 },
    { metric: 'params', max: 6 },
    { metric: 'accuracy', min: 0.5 },
  ];
  const references = [{ 'latencyMs.phone': 8 }, { 'latencyMs.phone': 9, macs: 7 }];
  expect(scalesOf(objectives, { macs: 4 }, constraints, references)).toEqual({
    macs: 4,
    params: 6,
    'latencyMs.phone': 9,
  });
  const gain: Objective = { name: 'macs', direction: 'maximize' };
  expect(scalesOf([gain], {}, constraints, references)).toEqual({ macs: 7 });
});

test('runs share the largest of their scales, 1 where one has none', () => {
  expect(sharedScales(['a', 'b', 'c'], [{ a: 2, b: 0.5 }, { a: 3 }])).toEqual({ a: 3, b: 1, c: 1 });
});

test('a point lies between 0 and 1 exactly where accuracy is a share and each cost within its scale', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const cost = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(share, cost, fc.double({ min: 1e-3, max: 100, noNaN: true }), (accuracy, macs, scale) => {
      const read = (name: string) => ({ accuracy, macs })[name];
      const [loss, part] = pointOf(read, ['accuracy', 'macs'].map(objective), { macs: scale });
      expect(loss).toBe(1 - accuracy);
      expect((part as number) <= 1).toBe(macs <= scale);
    }),
  );
});

test('a point of a trial that lacks an objective cannot be made', () => {
  expect(() => pointOf(() => undefined, [objective('macs')], {})).toThrow('has no macs');
});
