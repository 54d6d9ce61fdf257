import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates } from '../pareto/index.js';
import { type Measured, createHypervolumeMeter, frontOf, pointOf } from './front.js';
import { contents } from './test-helpers/small-run.js';

const rules = { objectives: contents.manifest.objectives, scales: contents.landmarks.scales };

const rows = fc
  .array(
    fc.record({
      accuracy: fc.integer({ min: 0, max: 10 }),
      latencyMs: fc.integer({ min: 1, max: 12 }),
      failed: fc.boolean(),
    }),
  )
  .map((list) =>
    list.map(
      ({ accuracy, latencyMs, failed }, id): Measured => ({
        id,
        known: { 'latencyMs.phone': latencyMs },
        values: failed ? {} : { accuracy: accuracy / 10 },
        state: failed ? 'failed' : 'complete',
      }),
    ),
  );

test('the front is every complete trial that no complete trial dominates', () => {
  fc.assert(
    fc.property(rows, (rows) => {
      const complete = rows.filter((row) => row.state === 'complete');
      const expected = complete.filter(
        (a) => !complete.some((b) => dominates(pointOf(b, rules), pointOf(a, rules))),
      );
      expect(frontOf(rows, rules).map((row) => row.id)).toEqual(expected.map((row) => row.id));
    }),
  );
});

test('the hypervolume never falls, lies in 0 to 1 and does not depend on the order of trials', () => {
  fc.assert(
    fc.property(rows, (rows) => {
      const forwards = createHypervolumeMeter(rules);
      const backwards = createHypervolumeMeter(rules);
      for (const row of rows) expect(forwards.add(row)).toBeGreaterThanOrEqual(0);
      for (const row of rows.toReversed()) backwards.add(row);
      expect(forwards.value).toBeCloseTo(backwards.value, 12);
      expect(forwards.value).toBeLessThanOrEqual(1);
    }),
  );
});

test('the hypervolume of two trials is the area that they cover', () => {
  const meter = createHypervolumeMeter(rules);
  const row = (accuracy: number, latencyMs: number): Measured => ({
    id: 0,
    known: { 'latencyMs.phone': latencyMs },
    values: { accuracy },
    state: 'complete',
  });
  meter.add(row(0.8, 6));
  expect(meter.value).toBeCloseTo(0.8 * 0.4, 12);
  meter.add(row(0.5, 2));
  expect(meter.value).toBeCloseTo(0.8 * 0.4 + 0.5 * 0.4, 12);
});
