import type { FrontRules } from '../../metrics/index.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceArchitecture } from '../../models/index.js';
import { frontOf } from '../../runs/index.js';
import { type FinishedTrial, createFrontKeeper } from './front-keeper.js';

const metric = 'latencyMs.phone';
const costs = ['macs', metric];

/** Trials with small whole numbers, of which many are equal. */
const trials = fc
  .array(fc.record({ accuracy: fc.nat(6), macs: fc.nat(6), latency: fc.nat(6) }), { maxLength: 25 })
  .map((all) =>
    all.map(
      ({ accuracy, macs, latency }, id): FinishedTrial => ({
        id,
        state: 'complete',
        genome: [id],
        known: { macs, [metric]: latency, params: 1 },
        values: { accuracy: accuracy / 10 },
      }),
    ),
  );

const rulesUnder = (limits: FrontRules['constraints'], latencyCounts: boolean): FrontRules => ({
  objectives: [
    { name: 'accuracy', direction: 'maximize' },
    ...costs
      .filter((name) => latencyCounts || name !== metric)
      .map((name) => ({ name, direction: 'minimize' as const })),
  ],
  constraints: limits ?? [],
  scales: { macs: 10, [metric]: 10 },
});

test('whatever limit is tightened, the weights of the front are there; none but the front’s where latency is an objective', () => {
  fc.assert(
    fc.property(trials, fc.boolean(), fc.array(fc.nat(6)), (given, latencyCounts, limits) => {
      const weights = new Set<number>();
      const writer = {
        name: 'test',
        removeWeights: (id: number) => void weights.delete(id),
        keepWeights() {},
        writeFront() {},
      };
      const keeper = createFrontKeeper({
        config: { profiles: ['phone'], robust: false, seed: 1, deploy: { resolution: 224, classes: 1000 } },
        space: { decode: () => referenceArchitecture('mixnet-s') },
        rules: rulesUnder([], latencyCounts),
        writer,
        before: [],
        secondsBefore: 0,
      });
      for (const trial of given) {
        weights.add(trial.id);
        keeper.add(trial);
      }
      for (const max of limits.toSorted((a, b) => b - a)) {
        const rules = rulesUnder([{ metric, max }], latencyCounts);
        keeper.judge(rules, given);
        const front = frontOf(given, rules).map(({ id }) => id);
        expect(keeper.result().front.map(({ trial }) => trial)).toEqual(front);
        expect([...weights]).toEqual(expect.arrayContaining(front));
        if (latencyCounts) expect(weights.size).toBe(front.length);
      }
    }),
  );
});
