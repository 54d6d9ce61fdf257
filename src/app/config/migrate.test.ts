import { expect, test } from 'vitest';
import { parseConfig } from './config.js';

const evaluator = { name: 'synthetic', steps: 9 };

test('the field names of 0.1.0 are read, in the config and in what is portable', () => {
  const before = { rungs: [1, 3], reduction: 2, lag: 5 };
  const now = { rungs: [1, 3], reductionFactor: 2, lag: 5 };
  const old = parseConfig({ evaluator, fidelity: before, portable: { evaluator, fidelity: before } });
  expect(old.config.fidelity).toEqual(now);
  expect(old.portable?.config.fidelity).toEqual(now);
  expect(parseConfig({ evaluator, fidelity: now }).config).toEqual(old.config);
});

test('a field by both names is refused, and so is what is not an object', () => {
  const both = { evaluator, fidelity: { rungs: [1], reduction: 2, reductionFactor: 3 } };
  expect(() => parseConfig(both, { what: 'search.yaml' })).toThrow(/search\.yaml.*reduction/);
  expect(() => parseConfig({ evaluator, fidelity: 'three' }, { what: 'search.yaml' })).toThrow(/fidelity/);
  expect(() => parseConfig([], { what: 'search.yaml' })).toThrow(/search\.yaml/);
});

test('mo-asha in a run says why it is refused and what to use', () => {
  const refused = () => parseConfig({ sampler: 'mo-asha' }, { what: 'search.yaml' });
  expect(refused).toThrow(
    /search\.yaml: `sampler`: mo-asha .*new trial .*; in a run one trial climbs all rungs/,
  );
  expect(refused).toThrow(expect.objectContaining({ remedy: expect.stringContaining('`fidelity: { rungs') }));
});
