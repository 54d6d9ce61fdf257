import { expect, test } from 'vitest';
import type { RunView } from '../../runs/index.js';
import { accuracyText } from './describe.js';

const viewOf = (evaluator: unknown, accuracySource?: string) =>
  ({ config: { evaluator }, manifest: { accuracySource } }) as unknown as RunView;

test('a run says itself where its accuracy comes from', () => {
  expect(accuracyText(viewOf('training', 'as the evaluator mine reports it'))).toBe(
    'as the evaluator mine reports it',
  );
});

test.each([
  ['training', 'measured on held-out images after a short training'],
  [{ name: 'synthetic' }, 'made up by a formula: nothing was trained'],
  [{ name: 'command' }, 'as the evaluator of the run reports it'],
])('a run of 0.1.0 does not say it, and gets a neutral sentence for %j', (evaluator, sentence) => {
  expect(accuracyText(viewOf(evaluator))).toBe(sentence);
});
