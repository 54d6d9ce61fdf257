/** A whole search over the fleet: a sampler's proposals, their pricing, the queue, the journal and the front's files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigInput, search } from '../../src/app/index.js';
import { readRun } from '../../src/runs/index.js';
import { type FakeFleet, type Found, queue } from './fake-fleet.js';

export async function wholeSearch(
  fleet: FakeFleet,
  {
    workers,
    trials,
    sampler,
  }: { readonly workers: number; readonly trials: number; readonly sampler: string },
): Promise<Found> {
  const root = mkdtempSync(join(tmpdir(), 'mixnas-bench-fleet-'));
  const memory: Found['memory'][number][] = [];
  const readings: Promise<unknown>[] = [];
  let [begun, cpu] = [0, process.cpuUsage()];
  const config = {
    name: 'fleet',
    evaluator: 'synthetic',
    profiles: ['mali-g76'],
    sampler: sampler as NonNullable<ConfigInput['sampler']>,
    budget: { trials },
    workers,
    // Whoever is free receives a network: 500 workers do not wait for a generation.
    deterministic: false,
    executor: { kind: 'bullmq', redis: fleet.url, queue },
  } satisfies ConfigInput;
  try {
    const { folder } = await search(config, {
      root,
      logLevel: 'warn',
      onEvent(event) {
        if (event.type === 'notice') console.error(event.text);
        if (event.type === 'opened') [begun, cpu] = [performance.now(), process.cpuUsage()];
        if (event.type !== 'finished' || event.finished % Math.ceil(trials / 10) !== 0) return;
        globalThis.gc?.();
        const heap = process.memoryUsage().heapUsed;
        console.error(`${event.finished} after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
        readings.push(
          fleet.redisBytes().then((redis) => memory.push({ trials: event.finished, heap, redis })),
        );
      },
    });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    await Promise.all(readings);
    // What counts is what the journal holds: each trial once, complete.
    const complete = new Set(
      readRun(folder)
        .trials.filter(({ state }) => state === 'complete')
        .map(({ id }) => id),
    );
    const cpuMs = (user + system) / 1000 / trials;
    return { seconds, finished: complete.size, cpuMs, overheadMs: undefined, memory };
  } finally {
    rmSync(root, { recursive: true });
  }
}
