/** Whole searches: what they write, what they refuse, and that a seed decides everything. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type ConfigInput,
  loadConfig,
  parseConfig,
  resume,
  search,
  type SearchEvent,
} from '../src/app/index.js';
import { packageRoot } from '../src/base/index.js';
import { readRun } from '../src/runs/index.js';
import { decodeNetwork } from '../src/training/index.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

/** Real training, as small as it gets. */
const tiny: ConfigInput = {
  name: 'tiny',
  dataset: { name: 'textures', size: 128, classes: 4 },
  profiles: ['mali-g76'],
  limits: { latencyMs: { 'mali-g76': 8 } },
  evaluator: { name: 'training', steps: 3, batchSize: 16, validation: 32 },
  budget: { trials: 4 },
  workers: 2,
};

test('a search gives a front whose members meet every limit, in files and as the result', async () => {
  const root = temporaryFolder();
  const events: SearchEvent[] = [];
  const { folder, ended, result } = await searchIn(root, dryRun, { onEvent: (event) => events.push(event) });
  expect(ended).toBe('trials');
  expect(result).toMatchObject({
    run: 'dry-1',
    seed: 1,
    trials: 40,
    deploy: { resolution: 224, classes: 1000 },
  });
  expect(result.hypervolume).toBeGreaterThan(0);
  expect(result.front.length).toBeGreaterThan(1);
  for (const member of result.front) {
    expect(member.latencyMs['mali-g76']).toBeLessThanOrEqual(11);
    expect(Object.keys(member.latencyMs)).toEqual(['mali-g76', 'adreno-640']);
    expect(member.architecture.resolution).toBe(32);
  }
  expect(JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8'))).toMatchObject({ front: result.front });
  const csv = readFileSync(join(folder, 'front.csv'), 'utf8').trim().split('\n');
  expect(csv[0]).toBe('trial,accuracy,latencyMs.mali-g76,latencyMs.adreno-640,params,macs');
  expect(csv).toHaveLength(result.front.length + 1);

  const view = readRun(folder);
  expect(view.trials.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(view).toMatchObject({ live: false, ended: { reason: 'trials' }, problems: [] });
  expect(view.manifest.accuracySource).toBe('made up by a formula: nothing was trained');
  expect(view.references.scales['latencyMs.mali-g76']).toBe(11);
  expect(view.references.models.map(({ name }) => name)).toContain('mixnet-m');
  const finished = events.filter((event) => event.type === 'finished');
  expect(finished.map((event) => event.finished)).toEqual(view.trials.map(({ id }) => id + 1));
  expect(finished.at(-1)?.hypervolume).toBe(result.hypervolume);
  expect(events.at(-1)).toEqual({ type: 'ended', reason: 'trials' });
});

test('the same seed gives the same trials, whatever the number of workers; another seed gives others', async () => {
  const root = temporaryFolder();
  const first = await searchIn(root, dryRun);
  const again = await searchIn(root, {
    ...dryRun,
    evaluator: { name: 'synthetic', seconds: 0.01 },
    workers: 3,
  });
  const other = await searchIn(root, { ...dryRun, seed: 2 });
  expect(outcomeOf(again.folder)).toEqual(outcomeOf(first.folder));
  expect(again.result.front).toEqual(first.result.front);
  expect(outcomeOf(other.folder)).not.toEqual(outcomeOf(first.folder));
  expect([first, again, other].map(({ result }) => result.run)).toEqual(['dry-1', 'dry-2', 'dry-3']);
});

test('training twice with one seed gives the same accuracies, and keeps the weights of the front alone', async () => {
  const root = temporaryFolder();
  const first = await searchIn(root, tiny);
  const again = await searchIn(root, tiny);
  const rows = outcomeOf(first.folder);
  expect(rows.every(({ state }) => state === 'complete')).toBe(true);
  expect(outcomeOf(again.folder)).toEqual(rows);

  const onFront = first.result.front.map(({ trial }) => `${trial}.safetensors`);
  expect(readdirSync(join(first.folder, 'weights')).sort()).toEqual(onFront.sort());
  for (const { trial, architecture } of first.result.front) {
    const bytes = (folder: string) => readFileSync(join(folder, 'weights', `${trial}.safetensors`));
    expect(bytes(again.folder)).toEqual(bytes(first.folder));
    const network = decodeNetwork(bytes(first.folder));
    expect(network.architecture).toEqual({ ...architecture, classes: 4 });
    expect(network.data.spec).toMatchObject({ name: 'textures', size: 128 });
  }
}, 180_000);

test('a worker that is killed costs no trial: the machine has lost it, and it is tried again', async () => {
  const root = temporaryFolder();
  let killed = -1;
  const { folder, ended } = await searchIn(
    root,
    { ...tiny, workers: 1 },
    {
      onEvent(event) {
        if (event.type !== 'progress' || killed >= 0) return;
        killed = event.trial;
        process.kill(readRun(join(root, 'tiny-1')).workers[0]?.pid ?? 0, 'SIGKILL');
      },
    },
  );
  expect(ended).toBe('trials');
  const view = readRun(folder);
  const states = view.trials.map(({ state }) => state);
  expect(killed).toBeGreaterThanOrEqual(0);
  expect(states).toEqual(states.map(() => 'complete'));
  expect(states).toHaveLength(4);
  expect(view.workers[0]?.crashes).toBe(1);
}, 180_000);

test('an interrupted search saves what it has, and resumed reaches the front of an unbroken one', async () => {
  const root = temporaryFolder();
  const unbroken = await searchIn(root, dryRun);
  for (const after of [1, 17, 39]) {
    const controller = new AbortController();
    const slow = { ...dryRun, evaluator: { name: 'synthetic', seconds: 0.01 } as const };
    const broken = await searchIn(root, slow, {
      signal: controller.signal,
      onEvent: (event) => event.type === 'finished' && event.finished === after && controller.abort(),
    });
    expect(broken.ended).toBe('interrupted');
    expect(broken.result.trials).toBeGreaterThanOrEqual(after);
    expect(readRun(broken.folder).ended?.reason).toBe('interrupted');
    const whole = await resume(broken.folder, { root });
    expect(whole.ended).toBe('trials');
    expect(outcomeOf(broken.folder)).toEqual(outcomeOf(unbroken.folder));
    expect(whole.result.front).toEqual(unbroken.result.front);
    expect(whole.result.hypervolume).toBeCloseTo(unbroken.result.hypervolume, 12);
  }
});

test('a finished run is resumed with a larger budget as if it had had that from the start', async () => {
  const root = temporaryFolder();
  const whole = await searchIn(root, dryRun);
  const short = await searchIn(root, { ...dryRun, budget: { trials: 13 } });
  expect(outcomeOf(short.folder)).toHaveLength(13);
  const same = await resume(short.folder, { root });
  expect(same).toMatchObject({ ended: 'trials', result: { trials: 13 } });
  const longer = await resume(short.folder, { root, trials: 40 });
  expect(longer.result.front).toEqual(whole.result.front);
});

test('the wall clock ends a search, and the trials that run are finished', async () => {
  const { ended, result, folder } = await searchIn(temporaryFolder(), {
    ...dryRun,
    evaluator: { name: 'synthetic', seconds: 0.2 },
    budget: { trials: 1000, seconds: 0.5 },
  });
  expect(ended).toBe('time');
  expect(result.trials).toBeGreaterThanOrEqual(2);
  expect(result.trials).toBeLessThan(20);
  expect(readRun(folder).trials.every(({ state }) => state === 'complete')).toBe(true);
});

const fourNetworks = `
name: four
resolution: 32
classes: 10
stem: { width: [16], stride: [2] }
defaults: { depth: [1], kernels: [3, 5], groups: [1], expansion: [1, 2], seRatio: [0], activation: [relu] }
stages: [{ width: [16] }]
head: { width: [0] }
`;

test('a space that is used up ends the search', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'four.yaml'), fourNetworks);
  const { ended, result } = await searchIn(root, { ...dryRun, space: join(root, 'four.yaml'), limits: {} });
  expect({ ended, trials: result.trials }).toEqual({ ended: 'exhausted', trials: 4 });
});

/** Lets this process write files of at most `bytes`, as a quota would; undefined takes the limit back. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

test.runIf(process.platform === 'linux')(
  'a file that cannot grow ends the search with one clear error, and the run can be resumed',
  async () => {
    const root = temporaryFolder();
    const unbroken = await searchIn(root, dryRun);
    onTestFinished(() => limitFiles('unlimited'));
    let folder = '';
    const full = searchIn(root, dryRun, {
      onEvent(event) {
        if (event.type === 'opened') folder = event.folder;
        // Room for the journal's next lines, not for the file of the front.
        else if (event.type === 'finished') limitFiles(statSync(join(folder, 'journal.jsonl')).size + 2000);
      },
    });
    await expect(full).rejects.toMatchObject({
      code: 'no-space',
      message: expect.stringContaining('front.json'),
    });
    limitFiles('unlimited');
    expect(readRun(folder).ended).toMatchObject({ reason: 'failed' });
    const { result } = await resume(folder, { root });
    expect(result.front).toEqual(unbroken.result.front);
  },
);

/** A search that must be refused before anything is written. */
async function refused(
  config: object,
  overrides = {},
): Promise<{ code: string; message: string; remedy: string }> {
  const root = join(temporaryFolder(), 'runs');
  try {
    await searchIn(root, config, {}, overrides);
  } catch (error) {
    expect(existsSync(root)).toBe(false);
    expect(error).toMatchObject({ exitCode: 2 });
    return error as { code: string; message: string; remedy: string };
  }
  throw new Error('was not refused');
}

test('limits that nothing meets are said at once, with the smallest reachable latency', async () => {
  const error = await refused({ ...dryRun, limits: { latencyMs: { 'mali-g76': 0.5 } } });
  expect(error.code).toBe('infeasible');
  expect(error.message).toMatch(/latencyMs\.mali-g76 <= 0\.5: the smallest reachable .* is \d/);
});

test.each<[string, object, object, RegExp]>([
  ['an unknown key', { buget: {} }, {}, /unknown key `buget`; did you mean `budget`/],
  ['an unknown key inside', { budget: { trails: 3 } }, {}, /`budget\.trails`; did you mean `trials`/],
  ['a negative limit', { limits: { latencyMs: { 'mali-g76': -1 } } }, {}, /`limits\.latencyMs\.mali-g76`/],
  ['a negative limit on MACs', { limits: { macs: -1 } }, {}, /`limits\.macs`/],
  [
    'a limit on a device that is not listed',
    { limits: { latencyMs: { 'mali-g7': 1 } } },
    {},
    /mali-g7 is not among/,
  ],
  ['a profile that is not there', { profiles: ['mali-g67'] }, {}, /no profile called mali-g67.*mali-g76/],
  ['no profile', { profiles: [] }, {}, /`profiles`/],
  ['a space that is not there', { space: 'cifar-smal' }, {}, /cifar-smal.*cifar-small/],
  ['a data set that is not there', { dataset: 'cifar11' }, {}, /cifar11/],
  ['an unknown sampler', { sampler: 'nsga9' }, {}, /no sampler nsga9/],
  ['an unknown evaluator', { evaluator: 'trainin' }, {}, /evaluator/],
  ['a recipe that makes no sense', { evaluator: { name: 'training', steps: -10 } }, {}, /`evaluator\.steps`/],
  ['an unknown objective', { objectives: ['accuracy', 'latencyMs.pixel'] }, {}, /`objectives\[1\]`/],
  ['an objective twice', { objectives: ['accuracy', 'accuracy'] }, {}, /twice/],
  ['no trials', { budget: { trials: 0 } }, {}, /`budget\.trials`/],
  ['no workers', { workers: 0 }, {}, /`workers`/],
  ['a name that climbs out', { name: '../up' }, {}, /climbs out/],
  ['a name that climbs out, on the command line', {}, { name: '../../up' }, /climbs out/],
  [
    'a limit on an unlisted device, on the command line',
    {},
    { maxLatencyMs: { pixel: 3 } },
    /pixel is not among/,
  ],
])('%s is refused with one sentence, and nothing is written', async (_, change, overrides, message) => {
  const error = await refused({ ...dryRun, ...change }, overrides);
  expect(`${error.message} ${error.remedy}`).toMatch(message);
});

test('data that cannot be read is refused, and nothing is written', async () => {
  const error = await refused({ ...tiny, dataset: { name: 'folder', path: '/no/such/folder' } });
  expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('/no/such/folder') });
});

test('a broken profile file is refused by its name, and nothing is written', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'broken.json');
  const text = readFileSync(join(packageRoot(), 'profiles', 'mali-g76.json'), 'utf8');
  for (const broken of ['', '{}', text.slice(0, 1000), text.replace('"fp16"', '"fp13"')]) {
    writeFileSync(path, broken);
    const error = await refused({ ...dryRun, profiles: [path], limits: {} });
    expect(error).toMatchObject({ code: 'bad-profile', message: expect.stringContaining(path) });
  }
});

test('a config file that is no YAML, or missing, is refused by its name', () => {
  const path = join(temporaryFolder(), 'c.yaml');
  expect(() => loadConfig(path)).toThrow(`${path}: no such file.`);
  writeFileSync(path, 'a: [1');
  expect(() => loadConfig(path)).toThrow(`${path}: line 1, column 6: not YAML`);
  writeFileSync(path, 'seeed: 3');
  expect(() => loadConfig(path)).toThrow(`${path}: line 1: unknown key \`seeed\`; did you mean \`seed\`?`);
});

test('paths in a config file begin at its folder', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'four.yaml'), fourNetworks);
  writeFileSync(
    join(folder, 'my search.yaml'),
    'space: ./four.yaml\ndataset: { name: folder, path: ./photos }\n',
  );
  const { config } = loadConfig(join(folder, 'my search.yaml'));
  expect(config).toMatchObject({ name: 'my-search', space: join(folder, 'four.yaml') });
  expect(config.dataset).toMatchObject({ path: join(folder, 'photos') });
});

test('the command line wins over the file, also in what runs without TensorFlow', () => {
  const { config, portable, runName } = parseConfig(
    {
      ...dryRun,
      portable: { dataset: 'textures', budget: { trials: 5 }, evaluator: { name: 'training', steps: 40 } },
    },
    {
      overrides: {
        profiles: ['adreno-640'],
        seed: 9,
        sampler: 'random',
        name: 'mine',
        maxLatencyMs: { 'adreno-640': 4 },
      },
    },
  );
  expect(config).toMatchObject({
    seed: 9,
    profiles: ['adreno-640'],
    limits: { latencyMs: { 'adreno-640': 4 } },
    objectives: ['accuracy', 'latencyMs.adreno-640'],
    sampler: { name: 'random' },
    budget: { trials: 40 },
  });
  expect(portable?.config).toMatchObject({
    seed: 9,
    dataset: { name: 'textures' },
    budget: { trials: 5 },
    evaluator: { steps: 40 },
  });
  expect(runName).toBe('mine');
  expect(Object.keys(config.limits.latencyMs)).toEqual(['adreno-640']);
});

test('a run of the same name is refused, and the first one stays', async () => {
  const root = temporaryFolder();
  const { folder } = await searchIn(root, dryRun, {}, { name: 'mine' });
  const before = readFileSync(join(folder, 'journal.jsonl'));
  await expect(search(parseConfig(dryRun, { overrides: { name: 'mine' } }), { root })).rejects.toThrow(
    /There is a run/,
  );
  expect(readFileSync(join(folder, 'journal.jsonl'))).toEqual(before);
});
