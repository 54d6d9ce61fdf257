/** What programs of others print, and what they are asked. */
import { expect, test } from 'vitest';
import { referenceArchitecture } from '../../../models/index.js';
import { createLocalExecutor } from '../../executors/index.js';
import { evaluatorOf, evaluatorSchema } from '../index.js';
import { createCommandEvaluator } from './command.js';
import type { CommandSpec } from './schema.js';

const architecture = referenceArchitecture('mixnet-s');
const node = (code: string, more: object = {}) =>
  evaluatorSchema.parse({ name: 'command', command: [process.execPath, '-e', code], ...more }) as CommandSpec;
const job = (trial: number) => ({ trial, architecture, seed: 's', weightsPath: '/tmp/weights.safetensors' });

async function outcomeOf(lines: string, more: object = {}) {
  const notices: string[] = [];
  const spec = node(`process.stdout.write(${JSON.stringify(lines)})`, more);
  const evaluator = createCommandEvaluator(spec, { notice: (text) => notices.push(text) });
  const outcome = await evaluator.evaluate(job(0), () => {});
  return { outcome, notices };
}

test.each<[string, string, RegExp]>([
  ['an accuracy of NaN', '{"accuracy": NaN}\n', /`accuracy` is NaN: the training has diverged$/],
  ['an infinite metric', '{"accuracy": 0.5, "mj": -Infinity}\n', /`mj` is -Infinity: the training/],
  ['another name', '{"acc": 0.5, "mj": 1}\n', /`accuracy` is missing, but `acc`$/],
  ['a list', '[0.5]\n', /`\[0.5\]` is no object; messages belong on standard error/],
  ['NaN in something that is no JSON', 'loss: NaN\n', /`loss: NaN` is no JSON/],
])('%s is named for what it is', async (_, lines, reason) => {
  const { outcome } = await outcomeOf(lines, { metrics: ['mj'] });
  expect(outcome).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
});

test('a byte order mark, a step with a loss of NaN and more keys are understood', async () => {
  const { outcome, notices } = await outcomeOf(
    '\ufeff{"step": 1, "loss": NaN, "accuracy": 0.2}\r\n{"step": 2, "loss": 0.5, "accuracy": NaN, "lr": Infinity}\n' +
      '{"accuracy": 0.75, "note": "was \\"NaN\\" once", "top5": NaN}\n',
  );
  expect(outcome).toMatchObject({
    state: 'complete',
    values: { accuracy: 0.75 },
    curve: [{ step: 2, loss: 0.5 }],
  });
  expect(outcome.state === 'complete' && outcome.values).toEqual({ accuracy: 0.75 });
  expect(notices).toEqual([
    'The command also gives note, top5: `evaluator.metrics` does not list that, so it is not recorded.',
  ]);
});

const asking = `const request = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const { MIXNAS_WORKER, CUDA_VISIBLE_DEVICES = '-1' } = process.env;
  setTimeout(() => console.log(JSON.stringify({ accuracy: 0.5, worker: request.worker, slot: Number(MIXNAS_WORKER),
    gpu: Number(CUDA_VISIBLE_DEVICES), format: Number(request.weightsFormat === 'safetensors') })), 300);`;

test('a request says which worker asks, and each worker has its GPU', async () => {
  const spec = node(asking, { gpus: [3, 5], metrics: ['worker', 'slot', 'gpu', 'format'] });
  const executor = createLocalExecutor(createCommandEvaluator(spec), 3);
  const outcomes = await Promise.all([0, 1, 2].map((trial) => executor.run(job(trial))));
  const found = outcomes.map((outcome) => outcome.state === 'complete' && outcome.values);
  expect(found).toEqual(
    [3, 5, 3].map((gpu, slot) => ({ accuracy: 0.5, worker: slot, slot, gpu, format: 1 })),
  );
});

test('without `workers` a command has one, or one for each GPU', () => {
  expect(evaluatorOf(node('')).workers).toBe(1);
  expect(evaluatorOf(node('', { gpus: [0, 1, 'GPU-8f'] })).workers).toBe(3);
});
