import { expect, test } from 'vitest';
import { MixnasError } from '../../base/index.js';
import { referenceArchitecture } from '../../models/index.js';
import type { EvaluationProgress } from '../evaluator.js';
import { type CodeEvaluator, type EvaluationAnswer, createCodeEvaluator } from './code.js';

const architecture = referenceArchitecture('mixnet-s');
const job = { trial: 3, architecture, seed: 's/3' };

function run(
  evaluate: CodeEvaluator['evaluate'],
  more: Partial<CodeEvaluator> = {},
  onProgress: (progress: EvaluationProgress) => void = () => {},
) {
  return createCodeEvaluator({ name: 'mine', ...more, evaluate }).evaluate(job, onProgress);
}

/** An answer that TypeScript would refuse: a script may be JavaScript. */
const untyped = (text: string) => () => JSON.parse(text) as EvaluationAnswer;

test('an evaluator from code receives the request, reports its curve and gives its metrics', async () => {
  const requests: unknown[] = [];
  const points: EvaluationProgress[] = [];
  const outcome = await run(
    async (request, { report, signal }) => {
      requests.push({ ...request, signal });
      report({ step: 5, loss: 1 });
      report({ step: 10, loss: 0.5, accuracy: 0.7 });
      return { accuracy: 0.75, energyMj: 3 };
    },
    { metrics: ['energyMj'], steps: 10 },
    (point) => points.push(point),
  );
  expect(requests).toEqual([{ ...job, worker: 0, steps: 10, from: 0, until: 10 }]);
  expect(points.map(({ step, steps }) => [step, steps])).toEqual([
    [5, 10],
    [10, 10],
  ]);
  expect(outcome).toMatchObject({
    state: 'complete',
    values: { accuracy: 0.75, energyMj: 3 },
    curve: [
      { step: 5, loss: 1 },
      { step: 10, loss: 0.5, accuracy: 0.7 },
    ],
  });
});

test.each<[string, CodeEvaluator['evaluate'], RegExp]>([
  [
    'an exception',
    () => {
      throw new Error('no GPU left');
    },
    /^no GPU left$/,
  ],
  ['a rejected promise', () => Promise.reject(new Error('it lost its worker')), /^it lost its worker$/],
  ['a failure that it reports', () => ({ failed: 'it diverged' }), /^it diverged$/],
  ['a failure without a reason', () => ({ failed: '' }), /`failed`/],
  ['a failure with metrics', untyped('{"failed":"x","accuracy":1}'), /unknown key `accuracy`/],
  ['no accuracy', () => ({ energyMj: 3 }), /evaluator mine: `accuracy`/],
  ['an accuracy that is not a number', () => ({ accuracy: Number.NaN, energyMj: 3 }), /`accuracy`/],
  ['an accuracy above 1', () => ({ accuracy: 71, energyMj: 3 }), /`accuracy`: too big/],
  ['an accuracy below 0', () => ({ accuracy: -0.1, energyMj: 3 }), /`accuracy`: too small/],
  ['an accuracy in quotes', untyped('{"accuracy":"0.5","energyMj":3}'), /`accuracy`/],
  ['a metric that is missing', () => ({ accuracy: 0.5 }), /`energyMj`/],
  ['a metric without bound', () => ({ accuracy: 0.5, energyMj: Number.POSITIVE_INFINITY }), /`energyMj`/],
  ['a metric that was not announced', () => ({ accuracy: 0.5, energyMj: 3, acc: 1 }), /unknown key `acc`/],
  // What a function without `return` answers.
  ['undefined', (() => undefined) as () => never, /evaluator mine: .*expected object/],
  ['null', untyped('null'), /evaluator mine: .*expected object/],
  ['a bare number', untyped('0.5'), /evaluator mine: .*expected object/],
  ['a list', untyped('[0.5, 3]'), /evaluator mine: .*expected object/],
])('%s fails the trial with its reason', async (_, evaluate, reason) => {
  expect(await run(evaluate, { metrics: ['energyMj'] })).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(reason),
  });
});

test('a full disk ends the search; a network that diverged fails its trial only', async () => {
  const throws = (error: MixnasError) => () => {
    throw error;
  };
  await expect(run(throws(new MixnasError('no-space', 'The disk is full.')))).rejects.toMatchObject({
    code: 'no-space',
  });
  expect(await run(throws(new MixnasError('diverged', 'The loss is not finite.')))).toMatchObject({
    state: 'failed',
    reason: 'The loss is not finite.',
  });
});

test('a part is asked for from where the part before it ended', async () => {
  const asked: unknown[] = [];
  const evaluator = createCodeEvaluator({
    name: 'mine',
    steps: 30,
    evaluate({ from, until, load, save }) {
      asked.push([from, until, load, save]);
      return { accuracy: until / 100 };
    },
  });
  await evaluator.evaluate({ ...job, part: { from: 0, until: 10, save: 'a' } }, () => {});
  await evaluator.evaluate({ ...job, part: { from: 10, until: 30, load: 'a' } }, () => {});
  expect(asked).toEqual([
    [0, 10, undefined, 'a'],
    [10, 30, 'a', undefined],
  ]);
});
