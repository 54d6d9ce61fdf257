import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates } from '../pareto/index.js';
import { type Measured, createHypervolumeMeter, frontOf, pointOf, rulesOf } from './front.js';
import type { RunFront } from './front-files.js';
import { contents } from './test-helpers/small-run.js';
import { readRun } from './view.js';

const rules = { objectives: contents.manifest.objectives, scales: contents.references.scales };

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

test('the front and the hypervolume of the committed run are the ones that its search wrote', () => {
  const folder = fileURLToPath(new URL('../../runs/example', import.meta.url));
  const view = readRun(folder);
  const written = JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8')) as RunFront;
  const meter = createHypervolumeMeter(rulesOf(view));
  for (const row of view.trials) meter.add(row);
  expect(frontOf(view.trials, rulesOf(view)).map(({ id }) => id)).toEqual(
    written.front.map(({ trial }) => trial),
  );
  expect(meter.value).toBe(written.hypervolume);
});

test('a complete trial that lacks an objective is neither on the front nor in the hypervolume', () => {
  const row: Measured = { id: 0, known: { 'latencyMs.phone': 1 }, values: {}, state: 'complete' };
  const meter = createHypervolumeMeter(rules);
  expect(meter.add(row)).toBe(0);
  expect(frontOf([row], rules)).toEqual([]);
});
