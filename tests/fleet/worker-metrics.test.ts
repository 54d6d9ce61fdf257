import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { RedisServer, withoutRedis } from '../support/redis.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-worker-metrics-'));
const ends: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true })];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** The first event of this type that a worker prints. */
async function eventOf(worker: ChildProcess, type: string): Promise<Record<string, unknown>> {
  for await (const line of createInterface({ input: worker.stdout as NonNullable<ChildProcess['stdout']> })) {
    const event = JSON.parse(line) as Record<string, unknown>;
    if (event['type'] === type) return event;
  }
  throw new Error(`the worker ended before ${type}`);
}

test.skipIf(withoutRedis !== undefined)(
  'a worker serves what it has done, what it holds and what it moved',
  async () => {
    const redis = await RedisServer.start();
    ends.push(() => redis.close());
    const options = '--name one --places 2 --metrics 0 --json';
    const worker = spawn(
      process.execPath,
      [join(packageRoot(), 'bin', 'mixnas.mjs'), 'worker', '--redis', redis.url, ...options.split(' ')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    ends.push(() => worker.kill('SIGKILL'));
    const { url } = await eventOf(worker, 'metrics');
    const metrics = async () => {
      const text = await (await fetch(url as string)).text();
      return (pattern: string) =>
        Number(new RegExp(`^mixnas_worker_${pattern} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    expect((await metrics())('jobs_total{state="complete",.*}')).toBe(0);
    const { complete } = await search(
      {
        evaluator: 'synthetic',
        sampler: 'random',
        budget: { trials: 7 },
        workers: 2,
        executor: { kind: 'bullmq', redis: redis.url },
      },
      { root },
    );
    expect(complete).toBe(7);
    const found = await metrics();
    const own = 'queue="mixnas",name="one"';
    expect(found(`jobs_total{state="complete",${own}}`)).toBe(7);
    expect(found(`jobs_total{state="failed",${own}}`)).toBe(0);
    expect(found(`jobs_running{${own}}`)).toBe(0);
    expect(found(`places{${own}}`)).toBe(2);
    expect(found(`job_seconds_count{${own}}`)).toBe(7);
    expect(found(`queue_seconds_count{${own}}`)).toBe(7);
    expect(found(`fetched_bytes_total{${own}}`)).toBeGreaterThan(100); // the set-up
    expect(found(`memory_bytes{place="0",${own}}`)).toBeGreaterThan(1e6);
  },
);
