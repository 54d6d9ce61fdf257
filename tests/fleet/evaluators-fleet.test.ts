/** Evaluators that need more than TensorFlow, over a fleet: PyTorch, and networks cut from a supernet. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConfigInput, search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { readRun } from '../../src/runs/index.js';
import { decodeNetwork } from '../../src/training/index.js';
import { RedisServer, withoutRedis } from '../support/redis.js';

const python = process.env['MIXNAS_PYTHON'] ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch, safetensors, numpy, PIL']).status === 0;
const root = mkdtempSync(join(tmpdir(), 'mixnas-fleet-evaluators-'));
let redis: RedisServer;
const workers: ChildProcess[] = [];

function startWorker(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'mixnas.mjs'), 'worker', ...args], {
    env: { ...process.env, MIXNAS_REDIS: redis.url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  workers.push(child);
  return child;
}

/** A Python that writes down what it is started for and with which GPU, or one that has no PyTorch. */
function pythonOf(name: string, line: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

const overRedis = (queue: string) => ({ executor: { kind: 'bullmq', redis: redis.url, queue } }) as const;
const common = {
  space: 'cifar-small',
  dataset: { name: 'textures', seed: 1, size: 160, resolution: 16, classes: 4 },
  sampler: 'nsga2',
  workers: 2,
} satisfies ConfigInput;
const inTorch = {
  ...common,
  evaluator: { name: 'pytorch', steps: 3, batchSize: 16, validation: 32, device: 'cpu', threads: 1, python },
  budget: { trials: 6 },
} satisfies ConfigInput;

const trialsOf = (folder: string) =>
  readRun(folder).trials.map(({ genome, state, values }) => ({ genome: [...genome], state, values }));
/** Decoded: the package `safetensors` writes metadata in any order. */
const weightsOf = (folder: string) =>
  readdirSync(join(folder, 'weights')).map((name) => [
    name,
    decodeNetwork(readFileSync(join(folder, 'weights', name)), name),
  ]);

describe.skipIf(withoutRedis !== undefined)(
  `evaluators over a fleet${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(async () => {
      for (const worker of workers) worker.kill('SIGKILL');
      await redis.close();
      rmSync(root, { recursive: true, force: true });
    });

    test.skipIf(!hasTorch)(
      'PyTorch: two workers give the trials, weights and front of one machine',
      async () => {
        const log = join(root, 'starts');
        const counting = pythonOf(
          'counting',
          `[ "$3" = serve ] && echo "$CUDA_VISIBLE_DEVICES" >> ${log}; exec ${python} "$@"`,
        );
        const args = ['--queue', 'torch', '--python', counting, '--gpus'];
        startWorker('--name', 'one', ...args, '4,5');
        startWorker('--name', 'two', ...args, '6');
        const [fleet, pool] = [
          await search({ ...inTorch, ...overRedis('torch'), workers: 3 }, { root }),
          await search({ ...inTorch, workers: 3 }, { root }),
        ];
        expect(fleet.complete).toBe(6);
        expect(trialsOf(fleet.folder)).toEqual(trialsOf(pool.folder));
        expect(fleet.result.front).toEqual(pool.result.front);
        expect(weightsOf(fleet.folder).length).toBeGreaterThan(0);
        expect(weightsOf(fleet.folder)).toEqual(weightsOf(pool.folder));
        // A process for each place, with a GPU of its own, for all of its trials.
        const starts = readFileSync(log, 'utf8').trim().split('\n');
        expect(starts.toSorted()).toEqual([...new Set(starts)].toSorted());
        for (const gpu of starts) expect(['4', '5', '6']).toContain(gpu);
      },
    );

    test('a worker that is to train in PyTorch does not start without it', () => {
      const broken = pythonOf('absent', 'echo "No module named torch" >&2; exit 1');
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          join(packageRoot(), 'bin', 'mixnas.mjs'),
          ...`worker --redis ${redis.url} --evaluator pytorch --python ${broken}`.split(' '),
        ],
        { encoding: 'utf8' },
      );
      expect(status).toBe(2);
      expect(stderr).toContain(`${broken} has no PyTorch that works: No module named torch`);
    });

    test('a worker without PyTorch says so, and is not to blame its trials', async () => {
      const broken = pythonOf('broken', 'echo "No module named torch" >&2; exit 1');
      const notices: string[] = [];
      const stop = new AbortController();
      startWorker('--name', 'bare', '--queue', 'bare', '--python', broken);
      const searching = search(
        { ...inTorch, ...overRedis('bare') },
        {
          root,
          signal: stop.signal,
          onEvent(event) {
            if (event.type !== 'notice') return;
            notices.push(event.text);
            if (!event.text.includes('cannot take trials')) return;
            if (hasTorch) startWorker('--name', 'able', '--queue', 'bare', '--python', python);
            else stop.abort();
          },
        },
      );
      const { complete, folder } = await searching;
      const said = notices.join('\n');
      expect(said).toMatch(
        /\/bare cannot take trials of this search: .*has no PyTorch that works: No module/,
      );
      expect(said).toMatch(/Install it with/);
      expect(readRun(folder).trials.filter(({ state }) => state === 'failed')).toEqual([]);
      if (hasTorch) expect(complete).toBe(6);
    });

    test.skipIf(!hasTorch)(
      'a worker whose PyTorch sees no GPU refuses rather than train on its processor',
      async () => {
        const hidden = pythonOf('hidden', `CUDA_VISIBLE_DEVICES= exec ${python} "$@"`);
        const stop = new AbortController();
        const notices: string[] = [];
        startWorker('--name', 'blind', '--queue', 'blind', '--python', hidden, '--gpus', '0');
        const auto = { ...inTorch.evaluator, device: 'auto' };
        await search(
          { ...inTorch, evaluator: auto, ...overRedis('blind') },
          {
            root,
            signal: stop.signal,
            onEvent(event) {
              if (event.type === 'notice') notices.push(event.text);
              if (notices.some((text) => text.includes('sees no GPU for cuda'))) stop.abort();
            },
          },
        );
        expect(notices.join('\n')).toMatch(/\/blind cannot take trials of this search: evaluator.device/);
      },
    );

    test('networks of a supernet: two workers give the trials and the front of the process pool', async () => {
      const config = {
        ...common,
        evaluator: {
          name: 'supernet',
          steps: 6,
          batchSize: 16,
          validation: 32,
          calibration: 32,
          finetune: { networks: 2, steps: 2, batchSize: 16 },
        },
        budget: { trials: 5 },
      } satisfies ConfigInput;
      startWorker('--name', 'three', '--queue', 'supernet');
      startWorker('--name', 'four', '--queue', 'supernet');
      const fleet = await search({ ...config, ...overRedis('supernet') }, { root });
      const pool = await search(config, { root });
      expect(fleet.complete).toBe(5);
      expect(trialsOf(fleet.folder)).toEqual(trialsOf(pool.folder));
      expect(fleet.result.front).toEqual(pool.result.front);
      expect(weightsOf(fleet.folder)).toEqual(weightsOf(pool.folder));
    }, 600_000); // Four processes load TensorFlow and record a supernet, one after the other on a busy machine.
  },
);
