import { expect, test } from 'vitest';
import type { CodeEvaluator } from '../../evaluation/index.js';
import type { SamplerFactory } from '../../search/index.js';
import { parseConfig } from '../config/index.js';
import { type CodeParts, checkCode, withCode } from './code-parts.js';

const evaluatorCalled = (name: string): CodeEvaluator => ({ name, evaluate: () => ({ accuracy: 0.5 }) });
const samplerCalled = (name: string): SamplerFactory =>
  Object.defineProperty(() => ({ needs: () => 0, propose: () => undefined }), 'name', { value: name });

const { config } = parseConfig({ evaluator: 'synthetic' });
const mine: CodeParts = { evaluator: evaluatorCalled('mine'), sampler: samplerCalled('uniform') };
const both = withCode(config, mine);

test('a run records what its code is called, and nothing where there is none', () => {
  expect(both.evaluator).toEqual({ name: 'code', title: 'mine', steps: 1, metrics: [] });
  expect(both.sampler).toEqual({ name: 'code', title: 'uniform' });
  expect(withCode(config, { sampler: samplerCalled('') }).sampler).toEqual({
    name: 'code',
    title: 'sampler',
  });
  expect(withCode(config, {})).toEqual(config);
});

test('the same code resumes a run, and a run without code needs none', () => {
  expect(() => checkCode(both, 'a-1', mine)).not.toThrow();
  expect(() =>
    checkCode(both, 'a-1', { evaluator: evaluatorCalled('mine'), sampler: samplerCalled('uniform') }),
  ).not.toThrow();
  expect(() => checkCode(config, 'a-1', {})).not.toThrow();
});

test.each<[string, CodeParts, CodeParts, string, string]>([
  [
    'no evaluator',
    mine,
    { sampler: mine.sampler },
    'The evaluator of a-1 is code called mine.',
    'evaluator }',
  ],
  [
    'no sampler',
    mine,
    { evaluator: mine.evaluator },
    'The sampler of a-1 is code called uniform.',
    'sampler }',
  ],
  [
    'another evaluator',
    mine,
    { ...mine, evaluator: evaluatorCalled('other') },
    'The evaluator of a-1 is code called mine, and not other.',
    "resume('a-1', { evaluator })",
  ],
  [
    'another sampler',
    mine,
    { ...mine, sampler: samplerCalled('other') },
    'The sampler of a-1 is code called uniform, and not other.',
    "resume('a-1', { sampler })",
  ],
  [
    'an evaluator too many',
    {},
    { evaluator: mine.evaluator },
    'a-1 was not made with an evaluator from code.',
    'Leave `evaluator` out',
  ],
  [
    'a sampler too many',
    {},
    { sampler: mine.sampler },
    'a-1 was not made with a sampler from code.',
    'Leave `sampler` out',
  ],
])('a resume with %s is refused, with the remedy', (_, made, given, message, remedy) => {
  expect(() => checkCode(withCode(config, made), 'a-1', given)).toThrow(
    expect.objectContaining({ code: 'bad-usage', message, remedy: expect.stringContaining(remedy) }),
  );
});
