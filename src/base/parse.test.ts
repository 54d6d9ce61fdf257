import { expect, test } from 'vitest';
import { z } from 'zod';
import { MixnasError } from './errors.js';
import { parseWith } from './parse.js';
import { nearest } from './text.js';

const schema = z.strictObject({
  limits: z.record(z.string(), z.number().positive()).optional(),
  sampler: z.union([z.string(), z.strictObject({ population: z.number() })]).optional(),
  blocks: z.array(z.strictObject({ kernels: z.array(z.number()) })).optional(),
});

function failure(value: unknown): MixnasError {
  try {
    parseWith(schema, value, 'config.yaml', 'bad-config');
  } catch (error) {
    if (error instanceof MixnasError) return error;
  }
  throw new Error('it parsed');
}

test('an unknown key is named with the one that was meant, and asks for exit code 2', () => {
  const error = failure({ limit: {} });
  expect(error.message).toBe('config.yaml: unknown key `limit`; did you mean `limits`?');
  expect(error.exitCode).toBe(2);
});

test('a wrong value is named by its path', () => {
  expect(failure({ limits: { 'mali-g76': -3 } }).message).toMatch(/^config\.yaml: `limits\.mali-g76`: .*>0/);
  expect(failure({ blocks: [{ kernels: [3, 'x'] }] }).message).toContain('`blocks[0].kernels[1]`');
});

test('a word that a union does not know is answered with those that it knows', () => {
  const either = z.object({
    evaluator: z.union([z.enum(['training', 'proxy']), z.object({ steps: z.number() })]),
  });
  const parse = () => parseWith(either, { evaluator: 'trainin' }, 'run.yaml', 'bad-config');
  expect(parse).toThrow(/`evaluator`.*"training"\|"proxy" or an object; did you mean `training`\?/);
});

test('inside a union the message is that of the member that got furthest', () => {
  expect(failure({ sampler: { population: 'many' } }).message).toContain('`sampler.population`');
});

test('every further problem is counted', () => {
  expect(failure({ limits: { a: -1, b: -2, c: 0 } }).message).toContain('(and 2 more)');
});

test('nearest finds typing errors and parts of names, and nothing where nothing is near', () => {
  const names = ['mali-g76', 'adreno-640', 'adreno-616', 'ethos-u65'];
  expect(nearest('mali-g67', names)).toEqual(['mali-g76']);
  expect(nearest('adreno', names)).toEqual(['adreno-616', 'adreno-640']);
  expect(nearest('zzzzzz', names)).toEqual([]);
});

const block = z.union([
  z
    .object({
      op: z.literal('mixed'),
      kernels: z.array(z.number()),
      split: z.union([z.enum(['equal', 'exponential']), z.array(z.number())]).optional(),
    })
    .strict(),
  z.object({ op: z.literal('plain'), kernel: z.number() }).strict(),
]);
const blocks = z.strictObject({
  blocks: z.array(block),
  threshold: z.union([z.number(), z.literal('learned')]).optional(),
});

test.each([
  [
    'a word of a union',
    { split: 'eqaul' },
    '`blocks[0].split`: invalid option: expected one of "equal"|"exponential" or a list; did you mean `equal`?',
  ],
  [
    'a field of a member of a union',
    { kernal: [3] },
    'unknown key `blocks[0].kernal`; did you mean `kernels`?',
  ],
])('%s is answered with what the very place knows', (_, field, message) => {
  const value = { blocks: [{ op: 'mixed', kernels: [3], ...field }] };
  expect(() => parseWith(blocks, value, 'a.yaml', 'bad-config')).toThrow(`a.yaml: ${message}`);
});

test('what may be a number or a word says both', () => {
  const value = { blocks: [], threshold: 'learnt' };
  expect(() => parseWith(blocks, value, 'a.yaml', 'bad-config')).toThrow('expected "learned" or a number');
});

test('a typing error in a name is said before what is missing for it', () => {
  const value = { blocks: [{ op: 'plain', kernle: 3 }] };
  expect(() =>
    parseWith(
      z.object({ blocks: z.array(z.strictObject({ op: z.string(), kernel: z.number() })) }),
      value,
      'a.yaml',
      'bad-config',
    ),
  ).toThrow('a.yaml: unknown key `blocks[0].kernle`; did you mean `kernel`? (and 1 more).');
});
