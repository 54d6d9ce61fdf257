/** Trials through the queue alone: an executor and a journal, without a sampler. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../../src/base/index.js';
import { createExecutor, evaluatorSchema } from '../../src/evaluation/index.js';
import { referenceArchitecture } from '../../src/models/index.js';
import { openJournal } from '../../src/runs/journal/index.js';
import { type FakeFleet, type Found, queue } from './fake-fleet.js';

const architecture = { ...referenceArchitecture('mixnet-s'), resolution: 32 };

/** Runs trials, as many at once as there are workers; the journal has each before the next begins. */
export async function throughQueue(fleet: FakeFleet, workers: number, count: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-bench-fleet-'));
  const path = join(folder, 'journal.jsonl');
  writeFileSync(path, '');
  const journal = openJournal(path, { lines: 0, check: () => {} });
  const executor = await createExecutor({
    executor: { kind: 'bullmq', redis: fleet.url, queue, priority: 100 },
    evaluator: evaluatorSchema.parse({ name: 'synthetic', steps: 1 }),
    dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
    splitSeed: 1,
    workers,
    notice: (text) => console.error(text),
  });

  async function measure(trials: number, from: number): Promise<Found> {
    const seen = new Set<number>();
    const overheads: number[] = [];
    const memory: { readonly trials: number; readonly heap: number; readonly redis: number }[] = [];
    let next = from;
    const begun = performance.now();
    const cpu = process.cpuUsage();
    await Promise.all(
      Array.from({ length: Math.min(workers, trials) }, async () => {
        while (next < from + trials) {
          const trial = next++;
          const asked = performance.now();
          const outcome = await executor.run({ trial, architecture, seed: `seed ${trial}` });
          if (outcome.state !== 'complete') throw new Error(`trial ${trial}: ${JSON.stringify(outcome)}`);
          if (seen.has(trial)) throw new Error(`trial ${trial} came twice`);
          seen.add(trial);
          overheads.push(performance.now() - asked - outcome.seconds * 1000);
          const { seconds, worker } = outcome;
          journal.append({
            type: 'tell',
            id: trial,
            state: 'complete',
            values: { ...outcome.values },
            seconds,
            worker,
          });
          if (seen.size % Math.ceil(trials / 10) === 0) {
            globalThis.gc?.();
            memory.push({
              trials: seen.size,
              heap: process.memoryUsage().heapUsed,
              redis: await fleet.redisBytes(),
            });
          }
        }
      }),
    );
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1000 / trials;
    return { seconds, finished: seen.size, overheadMs: median(overheads), memory, cpuMs };
  }

  try {
    await measure(Math.min(200, count), 1_000_000); // warm
    return await measure(count, 0);
  } finally {
    await executor.close();
    journal.close();
    rmSync(folder, { recursive: true });
  }
}
