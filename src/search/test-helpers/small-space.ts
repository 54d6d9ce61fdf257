/** Spaces and objectives that the tests of this folder share; most are those that mixnas/testing checks samplers with. */
import fc from 'fast-check';
import type { SpaceSpec } from '../index.js';

export { recordsOf as records } from '../../testing/sampler-study.js';
export { evaluateSmall, smallSpace, twoObjectives } from '../../testing/small-space.js';

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
