/** A trial past its memory or its time fails, it alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createExecutor } from '../../src/evaluation/create-executor.js';
import { createProcessExecutor } from '../../src/evaluation/executors/executor.js';
import { evaluatorSchema } from '../../src/evaluation/evaluators/index.js';
import { referenceArchitecture } from '../../src/models/index.js';
import { readRun } from '../../src/runs/index.js';
import { dryRun, searchIn, temporaryFolder } from '../support/searching.js';

const architecture = { ...referenceArchitecture('mixnet-s'), resolution: 32 };
const job = (trial: number) => ({ trial, architecture, seed: `seed ${trial}` });
const data = {
  dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
  splitSeed: 1,
  workers: 1,
} as const;

/** A program that takes memory in trial 1, in a process of its own, and never ends in trial 2. */
const program = `
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { trial } = JSON.parse(line);
  if (trial === 1) spawn(process.execPath, ['-e',
    'const a = []; setInterval(() => a.push(Buffer.alloc(50e6, 1)), 20)'], { stdio: 'inherit' });
  if (trial === 1 || trial === 2) await new Promise((done) => setTimeout(done, 60_000));
  console.log(JSON.stringify({ accuracy: 0.5 }));
}`;

test.each([false, true])(
  'a program past a limit is ended with what it has started; serve: %s',
  async (serve) => {
    const path = join(temporaryFolder(), 'train.mjs');
    writeFileSync(path, program);
    const executor = await createExecutor({
      ...data,
      evaluator: evaluatorSchema.parse({ name: 'command', command: [process.execPath, path], serve }),
      trialLimits: { memory: 400, seconds: 5 },
    });
    onTestFinished(() => executor.close());
    const outcomes = [];
    for (const trial of [0, 1, 2, 3]) outcomes.push(await executor.run(job(trial)));
    expect(outcomes).toMatchObject([
      { state: 'complete' },
      { state: 'failed', reason: 'The command took more than 400 MB of memory and was ended' },
      { state: 'failed', reason: 'The command took longer than 5 s and was ended' },
      { state: 'complete' },
    ]);
  },
);

test('a worker past a limit of time is replaced', async () => {
  const executor = await createProcessExecutor({
    ...data,
    evaluator: evaluatorSchema.parse({ name: 'synthetic', seconds: 30 }),
    trialLimits: { seconds: 0.5 },
  });
  onTestFinished(() => executor.close());
  for (const trial of [0, 1]) {
    expect(await executor.run(job(trial))).toMatchObject({
      state: 'failed',
      reason: 'The trial took longer than 0.5 s, its limit, and was ended.',
    });
  }
});

test('a worker whose data alone is past the limit says so', async () => {
  const starting = createProcessExecutor({
    ...data,
    evaluator: evaluatorSchema.parse({ name: 'synthetic', seconds: 1 }),
    trialLimits: { memory: 16 },
  });
  await expect(
    starting.then(async (executor) => {
      onTestFinished(() => executor.close());
      return executor.run(job(0));
    }),
  ).rejects.toThrow(/trialLimits.memory: the data alone takes a worker more than 16.0 MB of memory/);
});

test('a search goes on past a trial that its limit has ended, and records why', async () => {
  const root = temporaryFolder();
  const waits = (trial: number) => trial === 2;
  const { folder } = await searchIn(
    root,
    { ...dryRun, budget: { trials: 5 }, trialLimits: { seconds: 0.4 } },
    {
      evaluator: {
        name: 'slow',
        evaluate: ({ trial }, { signal }) =>
          waits(trial)
            ? new Promise((done) => signal?.addEventListener('abort', () => done({ failed: 'aborted' })))
            : { accuracy: 0.5 },
      },
    },
  );
  expect(readRun(folder).trials.map(({ state, reason }) => reason ?? state)).toEqual([
    'complete',
    'complete',
    'The evaluator took longer than 0.4 s.',
    'complete',
    'complete',
  ]);
});
