import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ConfigInput, search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { readRun } from '../../src/runs/index.js';
import { RedisServer, withoutRedis } from '../support/redis.js';

let redis: RedisServer;
const root = mkdtempSync(join(tmpdir(), 'mixnas-fleet-'));
const workers: ChildProcess[] = [];

/** The program that users start, in a process of its own. */
function startWorker(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'mixnas.mjs'), 'worker', ...args], {
    env: { ...process.env, MIXNAS_REDIS: redis.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  workers.push(child);
  return child;
}

/** The text of all files below a folder. */
function allText(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

const textures = { name: 'textures', seed: 1, size: 160, resolution: 16, classes: 4 } as const;
const trained = {
  space: 'cifar-small',
  dataset: textures,
  evaluator: { name: 'training', steps: 2, batchSize: 16, validation: 32 },
  sampler: 'nsga2',
  budget: { trials: 3 },
  workers: 2,
} satisfies ConfigInput;

describe.skipIf(withoutRedis !== undefined)(
  `searches over a fleet${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(async () => {
      for (const worker of workers) worker.kill('SIGKILL');
      await redis.close();
      rmSync(root, { recursive: true, force: true });
    });

    test('two workers give the front of the process pool, their weights to the bit, and drain on SIGTERM', async () => {
      const store = join(root, 'store');
      const [one, two] = [
        startWorker('--name', 'one', '--store', store),
        startWorker('--name', 'two', '--store', store),
      ];
      const fleet = await search(
        { ...trained, executor: { kind: 'bullmq', redis: redis.url, store } },
        { root },
      );
      const pool = await search(trained, { root });
      expect(fleet.complete).toBe(3);
      expect(fleet.result.front).toEqual(pool.result.front);
      const weightsOf = (folder: string) =>
        readdirSync(join(folder, 'weights')).map((name) => [
          name,
          readFileSync(join(folder, 'weights', name)),
        ]);
      expect(weightsOf(fleet.folder)).toEqual(weightsOf(pool.folder));
      expect(weightsOf(fleet.folder).length).toBeGreaterThan(0);
      const { workers: rows, fleet: seen } = readRun(fleet.folder);
      expect(rows.map(({ name = '' }) => name).toSorted()).toEqual(['one#0', 'two#0']);
      expect(seen).toMatchObject({ hosts: 1, places: 2 });
      for (const worker of [one, two]) {
        worker.kill('SIGTERM');
        expect(await once(worker, 'exit')).toEqual([0, null]);
      }
    });

    test('trials climb rungs on workers that share nothing: checkpoints travel', async () => {
      const rungs = { ...trained, fidelity: { rungs: [1], reductionFactor: 2 } };
      startWorker('--name', 'three', '--places', '2');
      const fleet = await search({ ...rungs, executor: { kind: 'bullmq', redis: redis.url } }, { root });
      const pool = await search(rungs, { root });
      expect(fleet.result.front).toEqual(pool.result.front);
      const states = (folder: string) =>
        readRun(folder).trials.map(({ state, values }) => ({ state, values }));
      expect(states(fleet.folder)).toEqual(states(pool.folder));
      const { trials } = readRun(fleet.folder);
      // Each was trained in two parts, and the second began where the first had ended.
      expect(trials.map(({ rungs }) => rungs.map(({ step }) => step))).toEqual([[1], [1], [1]]);
    });

    test('seeds of one search run at once, and each gives the front that it has alone', async () => {
      const folder = join(root, 'seeds');
      const args = ['--evaluator', 'synthetic', '--trials', '8', '--workers', '2'];
      startWorker('--name', 'four', '--places', '2', '--queue', 'seeds');
      const mixnas = (...more: string[]) =>
        promisify(execFile)(
          process.execPath,
          [join(packageRoot(), 'bin', 'mixnas.mjs'), 'search', ...args, ...more],
          { env: { ...process.env, MIXNAS_RUNS: folder } },
        );
      await mixnas('--seeds', '2', '--name', 'fleet', '--redis', redis.url, '--queue', 'seeds');
      await mixnas('--seeds', '2', '--name', 'alone');
      const runs = [1, 2].map((seed) => readRun(join(folder, `fleet-seed-${seed}`)));
      const trialsOf = (name: string) =>
        readRun(join(folder, name)).trials.map(({ genome, values }) => [[...genome], values]);
      for (const seed of [1, 2])
        expect(trialsOf(`fleet-seed-${seed}`)).toEqual(trialsOf(`alone-seed-${seed}`));
      const [first, second] = runs.map(({ sessions, lastAt }) => ({
        from: sessions[0]?.startedAt ?? 0,
        to: lastAt,
      }));
      expect(second?.from).toBeLessThan(first?.to ?? 0);
    });

    test('a password is in no file of the run, and in no message', async () => {
      const closed = await RedisServer.start('--requirepass', 'very-secret-word');
      onTestFinished(() => closed.close());
      const url = closed.url.replace('redis://', 'redis://:very-secret-word@');
      const said: string[] = [];
      const worker = startWorker('--redis', url, '--name', 'quiet');
      worker.stderr?.on('data', (data: Buffer) => said.push(data.toString()));
      const config = { evaluator: 'synthetic', budget: { trials: 4 }, workers: 2 } satisfies ConfigInput;
      process.env['SOME_REDIS'] = url;
      const { folder, complete } = await search(
        { ...config, executor: { kind: 'bullmq', redis: 'SOME_REDIS' } },
        { root, onEvent: (event) => said.push(JSON.stringify(event)) },
      );
      expect(complete).toBe(4);
      expect(allText(folder)).toContain('SOME_REDIS');
      expect(allText(folder)).not.toContain('very-secret-word');
      await expect(
        search({ ...config, executor: { kind: 'bullmq', redis: closed.url } }, { root }),
      ).rejects.toMatchObject({ code: 'bad-config', message: expect.stringMatching(/NOAUTH/) });
      await expect(
        search(
          { ...config, executor: { kind: 'bullmq' } },
          { root, redis: url.replace('very-secret-word', 'wrong-secret-word') },
        ),
      ).rejects.toMatchObject({ message: expect.not.stringContaining('wrong-secret-word') });
      await expect(search({ ...config, executor: { kind: 'bullmq', redis: url } }, { root })).rejects.toThrow(
        /without a password/,
      );
      worker.kill('SIGTERM');
      await once(worker, 'exit');
      expect(said.join('')).not.toContain('very-secret-word');
    });
  },
);
