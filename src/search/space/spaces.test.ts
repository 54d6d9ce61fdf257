import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MixnasError, createRandom } from '../../base/index.js';
import { anySpace, smallSpace } from '../test-helpers/small-space.js';
import { type Space, type SpaceSpec, createStudy, discreteSpace, spaceSize } from '../index.js';

const message = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof MixnasError) return `${error.code}: ${error.message} ${error.remedy ?? ''}`;
  }
  return 'no error';
};

test('the size of a space is what walking it gives, each point once', () => {
  fc.assert(
    fc.property(anySpace, (spec) => {
      const space = discreteSpace(spec);
      const walked = [...space.enumerate()].map((g) => space.key(g));
      expect(BigInt(walked.length)).toBe(spaceSize(space));
      expect(new Set(walked).size).toBe(walked.length);
    }),
  );
  expect(spaceSize(discreteSpace({ a: [1, 2, 3], b: ['x', 'y'] }))).toBe(6n);
  const wide = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, [0, 1, 2, 3]]));
  expect(spaceSize(discreteSpace(wide))).toBe(4n ** 40n);
});

test('operators give canonical genomes, and params lead back to them', () => {
  fc.assert(
    fc.property(anySpace, fc.nat(), (spec, seed) => {
      const space = discreteSpace(spec) as Space<never>;
      const random = createRandom(seed);
      const a = space.random(random);
      const b = space.random(random);
      const mutant = space.mutate(a, random);
      for (const genome of [a, b, mutant, space.crossover(a, b, random), ...space.neighbours(a)]) {
        expect(space.canonical(genome)).toEqual(genome);
        expect(space.encode(space.decode(genome))).toEqual(genome);
        expect(space.features(genome).length).toBe(space.columns.length);
        expect(space.distance(a, genome) === 0).toBe(space.key(a) === space.key(genome));
      }
      expect(space.key(mutant) === space.key(a)).toBe(space.size === 1n);
    }),
  );
});

test('an inactive parameter is absent from params and makes no difference', () => {
  const space = discreteSpace<SpaceSpec>(smallSpace) as Space;
  const skip = space.encode({ depth: 2, width: 8, op: 'skip', act: 'relu', se: true });
  expect(skip).toBeDefined();
  expect(space.encode({ depth: 2, width: 8, op: 'skip', kernel: 3, act: 'relu', se: true })).toBeUndefined();
  expect(space.canonical([0, 0, 2, 1, 1, 0, 1])).toEqual(skip);
  expect(space.canonical([0, 0, 3, 0, 0, 0, 0])).toBeUndefined();
  expect(space.canonical([0, 0])).toBeUndefined();
});

test('of many ordered values a model looks at those one, two, four, ... places away, of others at all', () => {
  const many = Array.from({ length: 31 }, (_, i) => i / 30);
  const space = discreteSpace({
    many,
    few: [1, 2, 3, 4],
    word: Array.from({ length: 14 }, (_, i) => `w${i}`),
  });
  const from = Uint8Array.from([20, 1, 5]);
  const near = [...(space.near?.(from) ?? [])].map((genome) => [...genome]);
  const moved = (gene: number) => near.filter((genome) => genome[gene] !== from[gene]).map((g) => g[gene]);
  expect(moved(0)).toEqual([4, 12, 16, 18, 19, 21, 22, 24, 28]);
  expect(moved(1)).toEqual([0, 2, 3]);
  expect(moved(2)).toHaveLength(13);
  expect(discreteSpace({ few: [1, 2, 3, 4] }).near).toBeUndefined();
});

test('parameters with more than 256 values work', () => {
  const space = discreteSpace({ x: Array.from({ length: 1000 }, (_, i) => i), y: [0, 1] });
  expect(space.size).toBe(2000n);
  const genome = space.encode({ x: 777, y: 1 });
  expect(genome && space.decode(genome)).toEqual({ x: 777, y: 1 });
});

test('a space that makes no sense is refused in one sentence', () => {
  expect(message(() => discreteSpace({}))).toContain('bad-config: The space has no parameters.');
  expect(message(() => discreteSpace({ x: [] }))).toContain('Parameter x has no values.');
  expect(message(() => discreteSpace({ x: [1, 1] }))).toContain('Parameter x has a value twice.');
  const late = { kernel: { values: [3, 5], when: { opp: 'conv' } }, op: ['conv'] };
  expect(message(() => discreteSpace(late))).toContain('Parameter kernel depends on opp');
  const typo = { op: ['conv'], kernel: { values: [3], when: { opp: 'conv' } } };
  expect(message(() => discreteSpace(typo))).toContain('Did you mean op?');
});

const three = {
  a: [0, 1, 2, 3, 4, 5, 6, 7],
  b: [0, 1, 2, 3, 4, 5, 6, 7],
  c: [0, 1, 2, 3, 4, 5, 6, 7],
} as const;
const eight = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`x${i}`, [5, 6, 7, 8, 9]]));
const sum = (params: Readonly<Record<string, unknown>>) =>
  Object.values(params).reduce<number>((total, v) => total + Number(v), 0);
const objectives = [{ name: 'f', direction: 'minimize' }] as const;

test('limits that nothing meets are said at once, with the smallest reachable value', () => {
  // 12 parameters of at least 5: the smallest sum is 60, in a space far too large to walk.
  const open = (max: number) =>
    createStudy({
      space: eight,
      objectives,
      price: ({ params }) => ({ latencyMs: sum(params), macs: 1000 - sum(params) }),
      constraints: [{ metric: 'latencyMs', max }],
    });
  const text = message(() => open(59.5));
  expect(text).toContain('infeasible: No candidate of the space meets latencyMs <= 59.5');
  expect(text).toContain('the smallest reachable latencyMs is 60.');
  expect(text).toContain('The nearest candidate has latencyMs 60');
  // One point of 244 million is feasible, and it is found.
  const study = open(60);
  expect(sum(study.ask().params)).toBe(60);
  expect(message(() => study.ask())).toContain('exhausted');
});

test('limits that exclude each other are said to', () => {
  const text = message(() =>
    createStudy({
      space: three,
      objectives,
      price: ({ params }) => ({ latencyMs: sum(params), macs: 21 - sum(params) }),
      constraints: [
        { metric: 'latencyMs', max: 9 },
        { metric: 'macs', max: 9 },
      ],
    }),
  );
  expect(text).toContain('meets latencyMs <= 9 and macs <= 9 at once');
});

test('a minimum that nothing reaches is said with the largest value', () => {
  const text = message(() =>
    createStudy({
      space: three,
      objectives,
      price: ({ params }) => ({ params: sum(params) }),
      constraints: [{ metric: 'params', min: 30 }],
    }),
  );
  expect(text).toContain('the largest reachable params is 21');
});

test('points to try first come first, infeasible and equal ones left out, foreign ones refused', () => {
  const open = (initial: { a: 0 | 1; b: 0; c: 0 }[]) =>
    createStudy({
      space: three,
      objectives,
      price: ({ params }) => ({ latencyMs: params.a }),
      constraints: [{ metric: 'latencyMs', max: 0 }],
      initial,
    });
  const study = open([
    { a: 1, b: 0, c: 0 },
    { a: 0, b: 0, c: 0 },
    { a: 0, b: 0, c: 0 },
  ]);
  const [first, second] = study.ask(2);
  expect(first?.params).toEqual({ a: 0, b: 0, c: 0 });
  expect(first?.origin).toBe('queued');
  expect(second?.origin).toBe('random');
  expect(message(() => open([{ a: 9 as 0, b: 0, c: 0 }]))).toContain('does not lie in the space');
});

test('options that make no sense are refused in one sentence', () => {
  const open = (options: object) => () => createStudy({ space: three, objectives, ...options });
  expect(message(open({ sampler: 'nsga3x' }))).toContain('There is no sampler nsga3x.');
  expect(message(open({ sampler: { name: 'nsga2', populatoin: 8 } }))).toContain(
    'did you mean `population`?',
  );
  expect(message(open({ objectives: [] }))).toContain('bad-config: study: `objectives`');
  expect(message(open({ constraints: [{ metric: 'f' }] }))).toContain('needs `max` or `min`');
  expect(message(open({ objectives: [...objectives, ...objectives] }))).toContain('is listed twice');
});
