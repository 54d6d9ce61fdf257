/** Spaces and objectives that the tests of this folder share. */
import fc from 'fast-check';
import { createRandom } from '../../base/index.js';
import type { Params, SpaceSpec } from '../index.js';
import type { StudyOptions } from '../options.js';
import type { Study } from '../study/index.js';
import type { TrialRecord } from '../trial.js';

/** Seven parameters of 2 to 4 choices, two of them conditional. */
export const smallSpace = {
  depth: [2, 3, 4],
  width: [8, 16, 24, 32],
  op: ['conv', 'pool', 'skip'],
  kernel: { values: [3, 5, 7], when: { op: 'conv' } },
  dilation: { values: [1, 2], when: { op: ['conv'], kernel: [3, 5] } },
  act: ['relu', 'swish'],
  se: [false, true],
} as const satisfies SpaceSpec;

/** A fast stand-in for training: smooth in the numbers, with an interaction; depends on params only. */
export function evaluateSmall(params: Params): { accuracy: number; latencyMs: number } {
  const { depth, width, op, kernel = 0, dilation = 1, act, se } = params;
  const size = (Number(depth) * Number(width)) / 128;
  const gain = op === 'conv' ? 0.05 * Number(kernel) * Number(dilation) ** 0.3 : op === 'skip' ? 0.02 : 0.1;
  const accuracy =
    1 - Math.exp(-1 - 2 * size * (0.5 + gain)) + (se ? 0.03 : 0) + (act === 'swish' ? 0.01 : 0);
  const latencyMs =
    1 + 9 * size * (0.3 + gain) + (se ? 0.7 : 0) + (act === 'swish' && op === 'conv' ? 0.4 : 0);
  return { accuracy, latencyMs };
}

export const twoObjectives = [
  { name: 'accuracy', direction: 'maximize' },
  { name: 'latencyMs', direction: 'minimize' },
] as const satisfies StudyOptions['objectives'];

/** Spaces of 1 to 5 parameters, of numbers or words, each of which may depend on an earlier one. */
export const anySpace: fc.Arbitrary<SpaceSpec> = fc
  .array(
    fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      words: fc.boolean(),
      parent: fc.option(fc.nat(), { nil: undefined }),
      choice: fc.nat(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => {
    const lists = parts.map(({ count, words }) =>
      Array.from({ length: count }, (_, i) => (words ? `v${i}` : i * 2)),
    );
    return Object.fromEntries(
      parts.map(({ parent, choice }, i) => {
        const values = lists[i] as (string | number)[];
        if (parent === undefined || i === 0) return [`x${i}`, values];
        const on = lists[parent % i] as (string | number)[];
        return [`x${i}`, { values, when: { [`x${parent % i}`]: on[choice % on.length] as string | number } }];
      }),
    );
  });

/** An objective without structure but a function of the point alone. */
export function hashedObjectives(params: Params, count = 2): Record<string, number> {
  const random = createRandom(JSON.stringify(params));
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, random.next()]));
}

/** What a journal would hold of a study. */
export function records(study: Study): TrialRecord[] {
  return study.trials.map(({ id, genome, known, values, state, reason, parents, origin, rung, reports }) => ({
    id,
    genome: [...genome],
    known,
    values,
    state,
    reason,
    parents,
    origin,
    rung,
    reports,
  }));
}
