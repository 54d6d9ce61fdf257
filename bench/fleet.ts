/**
 * A fleet of fake workers: how many finished trials a second pass through a search, what the queue costs a trial, and
 * whether anything is lost or memory grows. `npm run bench:fleet [-- --workers 500 --trials 50000 --seconds 1.5]`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { median } from '../src/base/index.js';
import { createExecutor, evaluatorSchema } from '../src/evaluation/index.js';
import { referenceArchitecture } from '../src/models/index.js';
import { openJournal } from '../src/runs/journal/index.js';
import { writeFileSync } from 'node:fs';
import { RedisServer } from '../tests/support/redis.js';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '500' },
    trials: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '1' },
    processes: { type: 'string', default: '4' },
  },
});
const workers = Number(values.workers);
const trials = Number(values.trials);
const processes = Math.min(Number(values.processes), workers);

const redis = await RedisServer.start();
const fleet: ChildProcess[] = Array.from({ length: processes }, (_, i) => {
  const places = Math.floor(workers / processes) + (i < workers % processes ? 1 : 0);
  return fork(fileURLToPath(new URL('./fleet/fake-worker.ts', import.meta.url)), [
    redis.url,
    `fake-${i}`,
    String(places),
    values.seconds,
  ]);
});
await Promise.all(fleet.map((worker) => once(worker, 'message')));

const folder = mkdtempSync(join(tmpdir(), 'mixnas-bench-fleet-'));
const path = join(folder, 'journal.jsonl');
writeFileSync(path, '');
const journal = openJournal(path, { lines: 0, check: () => {} });
const executor = await createExecutor({
  executor: { kind: 'bullmq', redis: redis.url, queue: 'bench', priority: 100 },
  evaluator: evaluatorSchema.parse({ name: 'synthetic', steps: 1 }),
  dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
  splitSeed: 1,
  workers,
  notice: (text) => console.error(text),
});
const probe = new Redis(redis.url);
/** Processor time of Redis so far, in ms. */
const redisCpuMs = async () => {
  const info = await probe.info('cpu');
  const of = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(info)?.[1]);
  return 1000 * (of('sys') + of('user'));
};
const redisBytes = async () => Number(/used_memory:(\d+)/.exec(await probe.info('memory'))?.[1]);
const architecture = { ...referenceArchitecture('mixnet-s'), resolution: 32 };

/** Runs trials, as many at once as there are workers; the journal has each before the next begins. */
async function measure(count: number, from: number) {
  const seen = new Set<number>();
  const overheads: number[] = [];
  const memory: { readonly trials: number; readonly heap: number; readonly redis: number }[] = [];
  let next = from;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: Math.min(workers, count) }, async () => {
      while (next < from + count) {
        const trial = next++;
        const asked = performance.now();
        const outcome = await executor.run({ trial, architecture, seed: `seed ${trial}` });
        if (outcome.state !== 'complete') throw new Error(`trial ${trial}: ${JSON.stringify(outcome)}`);
        if (seen.has(trial)) throw new Error(`trial ${trial} came twice`);
        seen.add(trial);
        overheads.push(performance.now() - asked - outcome.seconds * 1000);
        journal.append({
          type: 'tell',
          id: trial,
          state: 'complete',
          values: { ...outcome.values },
          seconds: outcome.seconds,
          worker: outcome.worker,
        });
        if (seen.size % Math.ceil(count / 10) === 0) {
          globalThis.gc?.();
          memory.push({ trials: seen.size, heap: process.memoryUsage().heapUsed, redis: await redisBytes() });
        }
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, finished: seen.size, overheads, memory, cpuMs: (user + system) / 1000 / count };
}

try {
  await measure(Math.min(200, trials), 1_000_000); // warm
  const redisBefore = await redisCpuMs();
  const { seconds, finished, memory, overheads, cpuMs } = await measure(trials, 0);
  const redisMs = ((await redisCpuMs()) - redisBefore) / trials;
  console.log(`${workers} workers in ${processes} processes, ${trials} trials of ${values.seconds} s`);
  console.log(
    `finished ${finished}, lost ${trials - finished}, in ${seconds.toFixed(1)} s: ${(finished / seconds).toFixed(0)} a second`,
  );
  console.log(`processor time a trial: coordinator ${cpuMs.toFixed(2)} ms, Redis ${redisMs.toFixed(2)} ms`);
  console.log(`from asking to the outcome, without the trial: median ${median(overheads).toFixed(1)} ms`);
  for (const { trials: done, heap, redis: bytes } of memory)
    console.log(
      `after ${done}: heap ${(heap / 2 ** 20).toFixed(0)} MiB, Redis ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    );
} finally {
  await executor.close();
  for (const worker of fleet) worker.kill('SIGKILL');
  probe.disconnect();
  journal.close();
  await redis.close();
  rmSync(folder, { recursive: true });
}
