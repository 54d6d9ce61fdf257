/** A Redis and processes of fake workers for a benchmark, and what Redis says of itself. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { RedisServer } from '../../tests/support/redis.js';

export const queue = 'bench';

export interface FakeFleet {
  readonly url: string;
  /** Processor time of Redis so far, in ms. */
  redisCpuMs(): Promise<number>;
  redisBytes(): Promise<number>;
  close(): Promise<void>;
}

/** Ready when all workers take trials. */
export async function startFakeFleet(options: {
  readonly workers: number;
  readonly processes: number;
  readonly seconds: string;
}): Promise<FakeFleet> {
  const { workers, seconds } = options;
  const processes = Math.min(options.processes, workers);
  const redis = await RedisServer.start();
  const fleet: ChildProcess[] = Array.from({ length: processes }, (_, i) => {
    const places = Math.floor(workers / processes) + (i < workers % processes ? 1 : 0);
    return fork(fileURLToPath(new URL('./fake-worker.ts', import.meta.url)), [
      redis.url,
      `fake-${i}`,
      String(places),
      seconds,
    ]);
  });
  await Promise.all(fleet.map((worker) => once(worker, 'message')));
  const probe = new Redis(redis.url);
  return {
    url: redis.url,
    async redisCpuMs() {
      const info = await probe.info('cpu');
      const of = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(info)?.[1]);
      return 1000 * (of('sys') + of('user'));
    },
    redisBytes: async () => Number(/used_memory:(\d+)/.exec(await probe.info('memory'))?.[1]),
    async close() {
      for (const worker of fleet) worker.kill('SIGKILL');
      probe.disconnect();
      await redis.close();
    },
  };
}

/** What a benchmark of a fleet finds. */
export interface Found {
  readonly seconds: number;
  readonly finished: number;
  /** Processor time of the search a trial. */
  readonly cpuMs: number;
  /** From asking to the outcome, without the trial; undefined where nobody could look. */
  readonly overheadMs: number | undefined;
  readonly memory: readonly { readonly trials: number; readonly heap: number; readonly redis: number }[];
}
