/** A program that stays up for many trials. */
import { expect, test } from 'vitest';
import { referenceArchitecture } from '../../../models/index.js';
import { createLocalExecutor } from '../../executors/index.js';
import { evaluatorSchema } from '../index.js';
import { createCommandEvaluator } from './command.js';
import type { CommandSpec } from './schema.js';

const architecture = referenceArchitecture('mixnet-s');
const job = (trial: number) => ({ trial, architecture, seed: 's' });

/** A program that handles each request by this JavaScript, which has `trial`, `asked` and `answer`. */
function serving(handle: string, more: object = {}) {
  const code = `let asked = 0;
    const answer = (result) => console.log(JSON.stringify({ ...result, pid: process.pid, asked }));
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { trial } = JSON.parse(line); asked++; ${handle} });`;
  const metrics = ['pid', 'asked'];
  const spec = { name: 'command', command: [process.execPath, '-e', code], serve: true, metrics, ...more };
  return createCommandEvaluator(evaluatorSchema.parse(spec) as CommandSpec);
}

async function run(evaluator: ReturnType<typeof serving>, trials: readonly number[], workers = 1) {
  const executor = createLocalExecutor(evaluator, workers);
  const outcomes = await Promise.all(trials.map((trial) => executor.run(job(trial))));
  await executor.close();
  return outcomes;
}

const pidsOf = (outcomes: Awaited<ReturnType<typeof run>>) =>
  new Set(outcomes.flatMap((outcome) => (outcome.state === 'complete' ? [outcome.values['pid']] : [])));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('one program answers all trials of a worker, and ends with the search', async () => {
  const points: number[] = [];
  const evaluator = serving(`console.log('{"step":1,"loss":2}'); answer({ accuracy: trial / 10 });`);
  const executor = createLocalExecutor(evaluator, 2);
  const outcomes = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((trial) => executor.run(job(trial), ({ step }) => points.push(step))),
  );
  expect(outcomes.map((one) => one.state === 'complete' && one.values['accuracy'])).toEqual([
    0, 0.1, 0.2, 0.3, 0.4, 0.5,
  ]);
  const pids = pidsOf(outcomes);
  expect(pids.size).toBe(2);
  expect(points).toHaveLength(6);
  expect([...pids].every((pid) => isAlive(pid ?? 0))).toBe(true);
  await executor.close();
  await expect.poll(() => [...pids].some((pid) => isAlive(pid ?? 0)), { timeout: 3000 }).toBe(false);
});

test('a failure that it reports leaves it up', async () => {
  const outcomes = await run(
    serving(`answer(trial === 1 ? { failed: 'no' } : { accuracy: 0.5 });`),
    [0, 1, 2],
  );
  expect(outcomes.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete']);
  expect(pidsOf(outcomes).size).toBe(1);
});

test.each<[string, string, RegExp, object]>([
  ['a crash', `if (trial === 1) { console.error('no GPU'); process.exit(3); }`, /exit code 3: no GPU/, {}],
  ['a wrong line', `if (trial === 1) return console.log('Epoch 1');`, /`Epoch 1` is no JSON/, {}],
  ['a time-out', `if (trial === 1) return;`, /longer than 1.5 s/, { timeoutSeconds: 1.5 }],
])('%s fails its trial only; the next one has a new program', async (_, handle, reason, more) => {
  const outcomes = await run(serving(`${handle} answer({ accuracy: 0.5 });`, more), [0, 1, 2]);
  expect(outcomes.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete']);
  expect(outcomes[1]).toMatchObject({ reason: expect.stringMatching(reason) });
  expect(pidsOf(outcomes).size).toBe(2);
});

test('it may end between two trials, and a trial whose program is killed is tried again', async () => {
  const ending = await run(
    serving(`answer({ accuracy: 0.5 }); process.exitCode = 0; process.stdin.destroy();`),
    [0, 1],
  );
  expect(ending.map(({ state }) => state)).toEqual(['complete', 'complete']);
  const killed = await run(
    serving(`if (asked === 2) process.kill(process.pid, 'SIGKILL'); else answer({ accuracy: 0.5 });`),
    [0, 1, 2],
  );
  expect(killed.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
});
