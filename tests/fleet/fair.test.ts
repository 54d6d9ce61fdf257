/** Several searches on one fleet: strict priorities, and equal shares within one. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createExecutor, evaluatorSchema, runFleetWorker } from '../../src/evaluation/index.js';
import { referenceArchitecture } from '../../src/models/index.js';
import { RedisServer, withoutRedis } from '../support/redis.js';
import { setTimeout as wait } from 'node:timers/promises';

let redis: RedisServer;
const architecture = { ...referenceArchitecture('mixnet-s'), resolution: 32 };

/** A search of its own on the queue; `finished` holds its name once for each trial, in the order of all searches. */
async function startSearch(
  name: string,
  options: { queue: string; workers: number; priority: number; finished: string[] },
) {
  const { queue, workers, priority, finished } = options;
  const executor = await createExecutor({
    executor: { kind: 'bullmq', redis: redis.url, queue, priority },
    evaluator: evaluatorSchema.parse({ name: 'synthetic' }),
    dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
    splitSeed: 1,
    workers,
  });
  onTestFinished(() => executor.close());
  let trial = 0;
  const all = Array.from({ length: workers }, async () => {
    for (;;) {
      const outcome = await executor.run({ trial: trial++, architecture, seed: 'seed' });
      if (outcome.state !== 'complete') return;
      finished.push(name);
    }
  });
  return { executor, ended: Promise.all(all) };
}

/** A worker with four places, whose trials take 30 ms. */
function startWorker(queue: string): void {
  const drain = new AbortController();
  const ended = runFleetWorker({
    redis: redis.url,
    queue,
    places: 4,
    drain: drain.signal,
    start: async () => ({
      backend: 'fake',
      evaluate: async () => {
        await wait(30);
        return { state: 'complete', values: { accuracy: 0.5 }, curve: [], seconds: 0.03 };
      },
      close: async () => {},
    }),
  });
  onTestFinished(() => {
    drain.abort();
    return ended;
  });
}

const count = (finished: readonly string[], name: string) => finished.filter((one) => one === name).length;

describe.skipIf(withoutRedis !== undefined)(
  `one fleet${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(() => redis.close());

    test('a search with a hundred trials under way gets no more of it than one with twelve', async () => {
      const finished: string[] = [];
      const queue = 'fair';
      const many = await startSearch('many', { queue, workers: 100, priority: 100, finished });
      startWorker(queue);
      while (count(finished, 'many') < 20) await wait(20);
      const few = await startSearch('few', { queue, workers: 12, priority: 100, finished });
      while (count(finished, 'few') < 10) await wait(20);
      const from = finished.length;
      while (finished.length < from + 200) await wait(20);
      const share = count(finished.slice(from, from + 200), 'few') / 200;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.6);
      await Promise.all([many.executor.close(), few.executor.close()]);
      await Promise.all([many.ended, few.ended]);
    });

    test('trials of a search with a smaller number go first', async () => {
      const finished: string[] = [];
      const queue = 'strict';
      const later = await startSearch('later', { queue, workers: 20, priority: 200, finished });
      const sooner = await startSearch('sooner', { queue, workers: 20, priority: 100, finished });
      startWorker(queue);
      while (count(finished, 'sooner') < 20) await wait(20);
      const from = finished.length;
      while (finished.length < from + 100) await wait(20);
      expect(count(finished.slice(from, from + 100), 'sooner')).toBeGreaterThan(90);
      await Promise.all([later.executor.close(), sooner.executor.close()]);
      await Promise.all([later.ended, sooner.ended]);
    });
  },
);
