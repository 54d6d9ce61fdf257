/** A space of 3,024 points with a fast stand-in for training, on which a sampler can be checked in seconds. */
import { type Random, createRandom } from '../base/index.js';
import type { Objective, Params, SpaceSpec } from '../search/index.js';

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

/** The same with fewer choices: 56 points, so that a study can try them all. */
export const tinySpace = {
  ...smallSpace,
  depth: [2, 4],
  width: [8, 32],
  act: ['relu'],
} as const satisfies SpaceSpec;

/** Smooth in the numbers, with an interaction; depends on the params only. */
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
] as const satisfies readonly Objective[];

/** A space of 1 to 5 parameters, of numbers or words, each of which may depend on an earlier one. */
export function randomSpace(random: Random): SpaceSpec {
  const lists = Array.from({ length: 1 + random.int(5) }, () => {
    const words = random.next() < 0.5;
    return Array.from({ length: 1 + random.int(4) }, (_, i) => (words ? `v${i}` : i * 2));
  });
  const spec: Record<string, SpaceSpec[string]> = {};
  for (const [i, values] of lists.entries()) {
    const parent = random.int(Math.max(1, i));
    const on = lists[parent] as (string | number)[];
    spec[`x${i}`] =
      i > 0 && random.next() < 0.5
        ? { values, when: { [`x${parent}`]: on[random.int(on.length)] as string | number } }
        : values;
  }
  return spec;
}

/** An objective without structure that is a function of the point alone. */
export function hashedObjectives(params: Params, count = 2): Record<string, number> {
  const random = createRandom(JSON.stringify(params));
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, random.next()]));
}
