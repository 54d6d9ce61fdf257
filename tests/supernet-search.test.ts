/** A search on a supernet: whole, and interrupted in each of its phases. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { type SearchHooks, parseConfig, readRun, resume, search } from '../src/index.js';

const space = `
name: tiny
resolution: 16
classes: 4
stem: { width: [4, 8] }
defaults: { kernels: [3, 5], groups: [1, 2], seRatio: [0, 0.5], expansion: [1, 2] }
stages:
  - { width: [8], depth: [1] }
  - { width: [12, 16], stride: 2, depth: [1, 2] }
head: { width: [0, 16] }
`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'supernet-'));
  writeFileSync(join(root, 'tiny.yaml'), space);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config = (name: string, evaluator: object) =>
  parseConfig(
    {
      space: join(root, 'tiny.yaml'),
      dataset: { name: 'textures', size: 600, classes: 4, resolution: 16 },
      deploy: { resolution: 32, classes: 4 },
      profiles: ['mali-g76'],
      sampler: 'nsga2',
      evaluator,
      budget: { trials: 8 },
      workers: 1,
      seed: 3,
    },
    { overrides: { name } },
  );
const supernet = {
  name: 'supernet',
  steps: 80,
  batchSize: 16,
  learningRate: 0.1,
  passes: 3,
  validation: 100,
  calibration: 64,
  checkpointEvery: 20,
  finetune: { networks: 2, steps: 10, batchSize: 16 },
};

/** How many trials are finished. */
const done = (folder: string) => readRun(folder).trials.filter((t) => t.state === 'complete').length;

/** What a run came to: trials, front, fine-tuned networks and the weights that are kept. */
function outcomeOf(folder: string) {
  const weights = join(folder, 'weights');
  return {
    trials: readRun(folder).trials.map(({ id, genome, values, state }) => ({ id, genome, values, state })),
    front: JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8')).front,
    tuned: JSON.parse(readFileSync(join(folder, 'tuned.json'), 'utf8')).map(
      ({ trial, score, accuracy }: Record<string, number>) => ({ trial, score, accuracy }),
    ),
    weights: Object.fromEntries(
      readdirSync(weights)
        .toSorted()
        .map((file) => [
          file,
          createHash('sha256')
            .update(readFileSync(join(weights, file)))
            .digest('hex'),
        ]),
    ),
  };
}

describe('a search on a supernet', () => {
  let whole: ReturnType<typeof outcomeOf>;

  test('trains it, scores with it, and fine-tunes what the front holds', async () => {
    const { folder, ended } = await search(config('whole', supernet), { root });
    expect(ended).toBe('trials');
    whole = outcomeOf(folder);
    expect(whole.trials).toHaveLength(8);
    expect(whole.trials.every(({ state }) => state === 'complete')).toBe(true);
    expect(whole.tuned).toHaveLength(Math.min(2, whole.front.length));
    expect(readRun(folder).phase).toMatchObject({ phase: 'finetune' });
  }, 300_000);

  /** Aborts when the run is as far as `when` says. */
  const until = (when: () => boolean): SearchHooks & { stop: () => void } => {
    const controller = new AbortController();
    const timer = setInterval(() => {
      try {
        if (when()) controller.abort();
      } catch {
        // The folder is not there yet.
      }
    }, 20);
    return { root, signal: controller.signal, stop: () => clearInterval(timer) };
  };

  test('interrupted in every phase it ends as it would have', async () => {
    const folder = join(root, 'parts');
    const moments = [
      () => (readRun(folder).phase?.step ?? 0) >= 20,
      () => done(folder) >= 3,
      () => done(folder) >= 8,
    ];
    for (const moment of moments) {
      const hooks = until(moment);
      const { ended } = existsSync(folder)
        ? await resume('parts', hooks)
        : await search(config('parts', supernet), hooks);
      hooks.stop();
      expect(ended).toBe('interrupted');
    }
    expect((await resume('parts', { root })).ended).toBe('trials');
    expect(outcomeOf(folder)).toEqual(whole);
  }, 300_000);
});

describe('a gated search on a supernet, its mutations following the gates', () => {
  const given = {
    space: '',
    dataset: { name: 'textures', size: 600, classes: 4, resolution: 16 },
    deploy: { resolution: 32, classes: 4 },
    profiles: ['mali-g76'],
    sampler: { name: 'nsga2', population: 4 },
    evaluator: supernet,
    gateGuide: 0.8,
    budget: { trials: 6 },
    workers: 1,
    seed: 3,
  };
  /** The moments at which it is killed, each by what the run has come to. */
  const moments: ((folder: string) => boolean)[] = [
    (f) => (readRun(f).phase?.step ?? 0) >= 20,
    (f) => done(f) >= 2,
    (f) => readRun(f).phase?.phase === 'finetune',
  ];

  /** One process of the search, killed at the moment if it comes to it. @returns whether it was. */
  async function part(config: object, how: 'new' | 'resume', moment?: () => boolean): Promise<boolean> {
    const child = spawn(
      process.execPath,
      [join(packageRoot(), 'tests/support/search-process.mjs'), how, root, JSON.stringify(config)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const timer = setInterval(() => {
      try {
        if (moment?.()) child.kill('SIGKILL');
      } catch {
        // The folder is not there yet.
      }
    }, 20);
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearInterval(timer);
    expect(signal ?? code).toBe(signal ? 'SIGKILL' : 0);
    return signal !== null;
  }

  test('killed in every phase it ends with the same front', async () => {
    writeFileSync(
      join(root, 'gated.yaml'),
      space.replace('name: tiny', 'name: gated').replace('groups: [1, 2]', 'groups: [2], gate: [soft]'),
    );
    const config = { ...given, space: join(root, 'gated.yaml') };
    await part({ ...config, name: 'gated' }, 'new');
    const whole = outcomeOf(join(root, 'gated-1'));
    expect(Object.keys(whole.trials[0]?.values ?? {}).some((name) => name.startsWith('gate.'))).toBe(true);

    const folder = join(root, 'killed-1');
    let kills = 0;
    for (const moment of moments) {
      const how = existsSync(folder) ? 'resume' : 'new';
      if (!(await part({ ...config, name: 'killed' }, how, () => moment(folder)))) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(2);
    await part({ ...config, name: 'killed' }, 'resume');
    expect(outcomeOf(folder)).toEqual(whole);
  }, 600_000);
});

describe('a search by zero-cost proxies', () => {
  test('gives ranks from 0 to 1, the same every time', async () => {
    const proxy = { name: 'proxy', scores: ['params', 'synflow', 'naswot'], batchSize: 8, reference: 6 };
    const run = async (name: string) => {
      const { folder } = await search(config(name, proxy), { root });
      return readRun(folder).trials.map(({ values }) => values);
    };
    const first = await run('proxy-a');
    expect(first).toHaveLength(8);
    for (const values of first) {
      expect(values?.['accuracy']).toBeGreaterThanOrEqual(0);
      expect(values?.['accuracy']).toBeLessThanOrEqual(1);
      expect(values?.['proxy.synflow']).toBeTypeOf('number');
    }
    expect(await run('proxy-b')).toEqual(first);
  }, 300_000);

  test('an evaluator that judges in one go has no rungs', () => {
    expect(() =>
      parseConfig({ evaluator: 'proxy', fidelity: { rungs: [10] } }, { what: 'search.yaml' }),
    ).toThrow('search.yaml: `fidelity`: a proxy judges a network in one go.');
  });
});
