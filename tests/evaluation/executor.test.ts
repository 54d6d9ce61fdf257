import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canPin, packageRoot } from '../../src/base/index.js';
import { referenceArchitecture } from '../../src/models/index.js';
import {
  type Executor,
  type ExecutorOptions,
  createProcessExecutor,
} from '../../src/evaluation/executors/executor.js';
import { createExecutor } from '../../src/evaluation/create-executor.js';
import type { WorkerEvent } from '../../src/evaluation/executors/pool-worker.js';
import { evaluatorSchema } from '../../src/evaluation/evaluators/index.js';

const architecture = { ...referenceArchitecture('mixnet-s'), resolution: 32 };
const job = (trial: number) => ({ trial, architecture, seed: `seed ${trial}` });

async function started(
  create: (options: ExecutorOptions) => Promise<Executor>,
  seconds: number,
  options: Partial<ExecutorOptions> = {},
) {
  const events: WorkerEvent[] = [];
  const executor = await create({
    evaluator: evaluatorSchema.parse({ name: 'synthetic', seconds }),
    dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
    splitSeed: 1,
    workers: 1,
    onWorker: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => executor.close());
  return { executor, events };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('worker processes give what this process gives, whichever worker a job falls to', async () => {
  const { executor: local } = await started(createExecutor, 0);
  const { executor: pool } = await started(createProcessExecutor, 0, { workers: 2 });
  expect(pool.backend).toBe('synthetic');
  const jobs = [0, 1, 2, 3, 4].map(job);
  const here = await Promise.all(jobs.map((j) => local.run(j)));
  const there = await Promise.all(jobs.map((j) => pool.run(j)));
  const valuesOf = (outcomes: typeof here) => outcomes.map((o) => (o.state === 'complete' ? o.values : o));
  expect(valuesOf(there)).toEqual(valuesOf(here));
  expect(new Set(there.map((o) => o.worker))).toEqual(new Set([0, 1]));
});

test('progress comes while a job runs, with its worker', async () => {
  const { executor } = await started(createProcessExecutor, 0.2);
  const steps: number[] = [];
  const outcome = await executor.run(job(0), ({ step, steps: all, worker }) => {
    expect([all, worker]).toEqual([5, 0]);
    steps.push(step);
  });
  expect(steps).toEqual([1, 2, 3, 4, 5]);
  expect(outcome).toMatchObject({ state: 'complete', seconds: 0.2 });
});

test('a trial whose worker is killed from outside is tried again, and no more than twice', async () => {
  const { executor, events } = await started(createProcessExecutor, 0.3);
  let left = 2;
  const killing = () => {
    const pid = events.findLast(({ state }) => state === 'started')?.pid ?? 0;
    if (left-- > 0) process.kill(pid, 'SIGKILL');
  };
  const expected = await executor.run(job(0));
  expect(await executor.run(job(0), killing)).toMatchObject({
    state: 'complete',
    values: (expected as { values: object }).values,
  });
  expect(events.map((event) => event.state)).toEqual(['started', 'crashed', 'started', 'crashed', 'started']);
  left = Number.POSITIVE_INFINITY;
  expect(await executor.run(job(1), killing)).toEqual({
    state: 'failed',
    fault: 'machine',
    reason: expect.stringMatching(
      /^The worker process was ended from outside by SIGKILL\.( |,.*\. )It was tried 3 times; `mixnas resume` tries it again\.$/,
    ),
    seconds: expect.any(Number),
    worker: 0,
  });
  left = 0;
  expect(await executor.run(job(2))).toMatchObject({ state: 'complete' });
});

test('a worker that is killed as it starts is started again', async () => {
  const children: ChildProcess[] = [];
  const onSpawn = (message: unknown) => {
    const { process: child } = message as { process: ChildProcess };
    children.push(child);
    if (children.length < 3) setImmediate(() => child.kill('SIGKILL'));
  };
  subscribe('child_process', onSpawn);
  onTestFinished(() => void unsubscribe('child_process', onSpawn));
  const { events } = await started(createProcessExecutor, 0);
  expect(events.map((event) => event.state)).toEqual(['crashed', 'crashed', 'started']);
});

test('a worker that crashes costs the trial it ran, and is replaced', async () => {
  const { executor, events } = await started(createProcessExecutor, 0.5);
  const lost = executor.run(job(0), () => process.kill(events[0]?.pid ?? 0, 'SIGSEGV'));
  expect(await lost).toMatchObject({ state: 'failed', reason: expect.stringContaining('SIGSEGV') });
  expect(await lost).not.toHaveProperty('fault');
  expect(await executor.run(job(1))).toMatchObject({ state: 'complete' });
  expect(events.map((event) => event.state)).toEqual(['started', 'crashed', 'started']);
});

test('a worker that dies between two trials costs none', async () => {
  const children: ChildProcess[] = [];
  const onSpawn = (message: unknown) => children.push((message as { process: ChildProcess }).process);
  subscribe('child_process', onSpawn);
  onTestFinished(() => void unsubscribe('child_process', onSpawn));
  const { executor, events } = await started(createProcessExecutor, 0);
  const worker = children.find(({ pid }) => pid === events[0]?.pid) as ChildProcess;
  // The pool listens to the same event, and was first.
  const closed = once(worker, 'close');
  worker.kill('SIGKILL');
  await closed;
  expect(await executor.run(job(0))).toMatchObject({ state: 'complete' });
  expect(events.map((event) => event.state)).toEqual(['started', 'crashed', 'started']);
});

test('workers are renewed after so many trials', async () => {
  const { executor, events } = await started(createProcessExecutor, 0, { renewAfter: 2 });
  for (let trial = 0; trial < 5; trial++) expect((await executor.run(job(trial))).state).toBe('complete');
  expect(events.map((event) => event.state)).toEqual(['started', 'renewed', 'renewed']);
  expect(new Set(events.map((event) => event.pid)).size).toBe(3);
});

test('closing interrupts what runs, at once, and leaves no process', async () => {
  for (const create of [createExecutor, createProcessExecutor]) {
    const { executor, events } = await started(create, 60, { workers: 2 });
    const jobs = [0, 1, 2].map((trial) => executor.run(job(trial)));
    const begun = performance.now();
    await executor.close();
    expect((await Promise.all(jobs)).map((outcome) => outcome.state)).toEqual(Array(3).fill('interrupted'));
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(events.every(({ pid }) => !isAlive(pid ?? 0))).toBe(true);
  }
});

test('aborting while workers start rejects with the reason', async () => {
  const reason = new Error('stop');
  const controller = new AbortController();
  const starting = started(createProcessExecutor, 0, { signal: controller.signal });
  controller.abort(reason);
  await expect(starting).rejects.toBe(reason);
});

test('what is wrong with the data comes before any trial, as the error it is', async () => {
  const training = (recipe: object) => ({
    evaluator: evaluatorSchema.parse({ name: 'training', ...recipe }),
  });
  const dataset = { name: 'folder', path: '/no/such/folder', resolution: 32, testShare: 0.2 } as const;
  await expect(started(createExecutor, 0, { ...training({}), dataset })).rejects.toMatchObject({
    code: 'bad-data',
  });
  await expect(started(createExecutor, 0, training({ validation: 64 }))).rejects.toThrow(
    /64 validation images/,
  );
  await expect(started(createExecutor, 0, training({ validation: 32 }))).rejects.toThrow(/A batch of 64/);
});

test.runIf(canPin())('each worker stays on one core', async () => {
  const { events } = await started(createProcessExecutor, 0, { workers: 3 });
  const cores = events.map(
    ({ pid }) => /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1],
  );
  for (const core of cores) expect(core).toMatch(/^\d+$/);
});

test('workers end with their parent, however that ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-parent-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = `
    import { createProcessExecutor } from '${packageRoot()}/src/evaluation/executors/executor.ts';
    import { evaluatorSchema } from '${packageRoot()}/src/evaluation/index.ts';
    await createProcessExecutor({
      evaluator: evaluatorSchema.parse({ name: 'synthetic' }),
      dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
      splitSeed: 1,
      workers: 2,
      onWorker: ({ pid }) => console.log(pid),
    });`;
  const parent = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  parent.stdout.on('data', (data) => (output += data));
  await expect.poll(() => output.trim().split('\n').length, { timeout: 20_000 }).toBe(2);
  const pids = output.trim().split('\n').map(Number);
  expect(pids.every(isAlive)).toBe(true);
  // One is busy, and would hear of it only later.
  process.kill(pids[0] as number, 'SIGSTOP');
  parent.kill('SIGKILL');
  await expect.poll(() => pids.some(isAlive), { timeout: 5000 }).toBe(false);
});
