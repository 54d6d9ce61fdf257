/** Objectives and constraints as formulas, stopping rules, trials in parts, choosing: whole searches. */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigInput, type Picked, parseConfig, pick, resume } from '../src/app/index.js';
import { createRandom } from '../src/base/index.js';
import { readRun } from '../src/runs/index.js';
import { runCli } from './support/run-cli.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

const small: ConfigInput = { ...dryRun, budget: { trials: 24 } };

describe('formulas', () => {
  const reward = 'accuracy * (latency["mali-g76"] / 8 ms)^-0.07';
  const config: ConfigInput = {
    ...small,
    limits: {},
    objectives: [{ name: 'reward', maximize: reward }, { minimize: 'worst(latencyHigh)' }],
    constraints: ['latency["mali-g76"] <= 11 ms', 'accuracy >= 55%', 'memory <= 1 GiB'],
  };

  test('are computed for every trial, and limits on known quantities cost none', async () => {
    const root = temporaryFolder();
    const { folder, result } = await searchIn(root, config);
    const view = readRun(folder);
    expect(view.manifest.objectives).toEqual([
      { name: 'reward', direction: 'maximize' },
      { name: 'worst(latencyHigh)', direction: 'minimize' },
    ]);
    expect(view.manifest.constraints).toEqual([{ metric: 'accuracy', min: 0.55 }]);
    expect(view.trials).toHaveLength(24);
    for (const { known, values } of view.trials) {
      const ms = known['latencyMs.mali-g76'] as number;
      expect(ms).toBeLessThanOrEqual(11);
      expect(known['peakMemoryBytes']).toBeGreaterThan(0);
      expect(values['reward']).toBeCloseTo((values['accuracy'] as number) * (ms / 8) ** -0.07, 12);
      const highs = ['mali-g76', 'adreno-640'].map((name) => known[`latencyHighMs.${name}`] as number);
      expect(known['worst(latencyHigh)']).toBe(Math.max(...highs));
    }
    expect(result.front.length).toBeGreaterThan(0);
    for (const member of result.front) expect(member.accuracy).toBeGreaterThanOrEqual(0.55);
    expect(result.hypervolume).toBeGreaterThan(0);
  });

  test('resumed, they give what the unbroken run gave', async () => {
    const root = temporaryFolder();
    const whole = await searchIn(root, config);
    const short = await searchIn(root, { ...config, budget: { trials: 11 } });
    const { result } = await resume(short.folder, { root, trials: 24 });
    expect(outcomeOf(short.folder)).toEqual(outcomeOf(whole.folder));
    expect(result.front).toEqual(whole.result.front);
  });

  test('memory of a device is limited as latency is, by the config and by conditions', async () => {
    const limited = { ...small, limits: { memoryBytes: { 'mali-g76': 8e6 } } };
    const constraints = ['memoryBytes["adreno-640"] <= 7 MB'];
    const { folder } = await searchIn(temporaryFolder(), { ...limited, constraints });
    const { trials } = readRun(folder);
    expect(trials).toHaveLength(24);
    for (const { known } of trials) {
      expect(known['memoryBytes.mali-g76']).toBeLessThanOrEqual(8e6);
      expect(known['memoryBytes.adreno-640']).toBeLessThanOrEqual(7e6);
      expect(known['memoryBytes.mali-g76']).toBeGreaterThan(2 * (known['params'] as number) * 0.9);
    }
    const other = { ...small, limits: { memoryBytes: { 'mali-g67': 8e6 } } };
    expect(() => parseConfig(other)).toThrow('limits.memoryBytes.mali-g67');
  });

  test('robust: limits and objectives are on the upper end of the band', async () => {
    const { folder } = await searchIn(temporaryFolder(), { ...small, robust: true });
    const view = readRun(folder);
    expect(view.manifest.objectives[1]?.name).toBe('latencyHighMs.mali-g76');
    for (const { known } of view.trials) {
      expect(known['latencyHighMs.mali-g76']).toBeLessThanOrEqual(11);
      expect(known['latencyMs.mali-g76']).toBeLessThan(known['latencyHighMs.mali-g76'] as number);
    }
  });

  test.each<[string, object, RegExp]>([
    [
      'an unknown device',
      { objectives: [{ maximize: 'latency["pixel"]' }] },
      /`objectives\[0\]\.maximize`: pixel/,
    ],
    ['both directions', { objectives: [{ maximize: 'macs', minimize: 'macs' }] }, /`objectives\[0\]`/],
    ['a constant', { objectives: [{ maximize: '3' }] }, /the same for every network/],
    [
      'a name that is taken',
      { objectives: [{ name: 'macs', minimize: '2 macs' }] },
      /macs is a metric already/,
    ],
    ['the same twice', { objectives: [{ minimize: '2 macs' }, { minimize: '2  macs' }] }, /is listed twice/],
    [
      'units that do not fit',
      { constraints: ['latency["mali-g76"] <= 8'] },
      /`constraints\[0\]`: .*compares/,
    ],
    ['what is no condition', { constraints: ['accuracy'] }, /`constraints\[0\]`: .*not a comparison/],
    ['a target that is none', { stop: { target: 'accurcy > 1' } }, /`stop\.target`: accurcy/],
    ['rungs that do not ascend', { fidelity: { rungs: [3, 2] } }, /`fidelity\.rungs`: 3, 2 do not ascend/],
    ['a rung beyond the steps', { fidelity: { rungs: [50] } }, /`fidelity\.rungs`: 50 is not below/],
  ])('%s is refused with the field', (_, change, message) => {
    expect(() => parseConfig({ ...small, ...change }, { what: 'c.yaml' })).toThrow(message);
  });
});

describe('stopping rules', () => {
  const long: ConfigInput = { ...dryRun, budget: { trials: 300 } };
  test.each<[string, object, string]>([
    ['a target', { target: 'accuracy >= 60% and latency["mali-g76"] <= 9 ms' }, 'target'],
    ['a hypervolume', { hypervolume: 0.2 }, 'target'],
    ['stagnation', { stagnation: { trials: 15, gain: 0.01 } }, 'stagnation'],
  ])('%s ends the search, at the same trial with any number of workers', async (_, stop, reason) => {
    const root = temporaryFolder();
    const first = await searchIn(root, { ...long, stop });
    expect(first.ended).toBe(reason);
    expect(first.result.trials).toBeLessThan(300);
    const again = await searchIn(root, {
      ...long,
      stop,
      workers: 3,
      evaluator: { name: 'synthetic', seconds: 0.005 },
    });
    expect(outcomeOf(again.folder)).toEqual(outcomeOf(first.folder));
    expect(readRun(first.folder).ended?.reason).toBe(reason);
    // Resumed, it is still over.
    const { ended, result } = await resume(first.folder, { root });
    expect([ended, result.trials]).toEqual([reason, first.result.trials]);
  });
});

describe('trials in parts', () => {
  const halving: ConfigInput = {
    ...dryRun,
    evaluator: { name: 'synthetic', steps: 18 },
    fidelity: { rungs: [2, 6], reductionFactor: 3 },
    budget: { trials: 40 },
  };

  test('hopeless trials are stopped, the others go on; the same with any number of workers', async () => {
    const root = temporaryFolder();
    const first = await searchIn(root, { ...halving, workers: 1 });
    const again = await searchIn(root, {
      ...halving,
      evaluator: { name: 'synthetic', steps: 18, seconds: 0.02 },
      workers: 3,
    });
    const rows = outcomeOf(first.folder);
    expect(outcomeOf(again.folder)).toEqual(rows);
    expect(again.result.front).toEqual(first.result.front);
    const view = readRun(first.folder);
    const pruned = view.trials.filter(({ state }) => state === 'pruned');
    const complete = view.trials.filter(({ state }) => state === 'complete');
    expect(pruned.length + complete.length).toBe(40);
    expect(pruned.length).toBeGreaterThan(10);
    expect(complete.length).toBeGreaterThan(3);
    expect(pruned[0]?.reason).toMatch(/^Stopped after [26] of 18 steps/);
    for (const { rungs } of complete) expect(rungs.map(({ step }) => step)).toEqual([2, 6]);
    expect(pruned.some(({ estimate }) => estimate !== undefined)).toBe(true);
    expect(existsSync(join(first.folder, 'checkpoints'))).toBe(false);
  });

  test('a journal that ends anywhere is gone on with to the same trials and the same front', async () => {
    const root = temporaryFolder();
    const whole = await searchIn(root, halving);
    const expected = outcomeOf(whole.folder);
    const journal = readFileSync(join(whole.folder, 'journal.jsonl'));
    const random = createRandom('kill points in parts');
    for (let i = 0; i < 6; i++) {
      const folder = join(root, `cut-${i}`);
      cpSync(whole.folder, folder, { recursive: true });
      rmSync(join(folder, 'front.json'));
      truncateSync(join(folder, 'journal.jsonl'), random.int(journal.length));
      const { result } = await resume(folder, { root });
      expect(outcomeOf(folder)).toEqual(expected);
      expect(result.front).toEqual(whole.result.front);
    }
  });

  test('really trained, interrupted and resumed from checkpoints, the weights are those of an unbroken run', async () => {
    const root = temporaryFolder();
    const config: ConfigInput = {
      name: 'parts',
      dataset: { name: 'textures', size: 128, classes: 4 },
      profiles: ['mali-g76'],
      limits: { latencyMs: { 'mali-g76': 8 } },
      evaluator: { name: 'training', steps: 4, batchSize: 16, validation: 32 },
      fidelity: { rungs: [1, 2], reductionFactor: 2, lag: 1 },
      budget: { trials: 4 },
      workers: 1,
    };
    const whole = await searchIn(root, config);
    const controller = new AbortController();
    const broken = await searchIn(root, config, {
      signal: controller.signal,
      onEvent: (event) => event.type === 'rung' && event.step === 2 && controller.abort(),
    });
    expect(broken.ended).toBe('interrupted');
    expect(readdirSync(join(broken.folder, 'checkpoints'))).toHaveLength(1);
    await resume(broken.folder, { root });
    expect(outcomeOf(broken.folder)).toEqual(outcomeOf(whole.folder));
    const files = readdirSync(join(whole.folder, 'weights')).sort();
    expect(files.length).toBeGreaterThan(0);
    expect(readdirSync(join(broken.folder, 'weights')).sort()).toEqual(files);
    for (const file of files) {
      const bytes = (folder: string) => readFileSync(join(folder, 'weights', file));
      expect(bytes(broken.folder)).toEqual(bytes(whole.folder));
    }
  }, 600_000);
});

describe('mixnas pick', () => {
  test('takes the knee, or the best under limits', async () => {
    const root = temporaryFolder();
    const { folder, result } = await searchIn(root, dryRun);
    const { trials } = readRun(folder);
    const knee = pick(folder);
    expect(result.front.map(({ trial }) => trial)).toContain(knee.trial);
    expect(knee.why).toMatch(/^the knee of the front/);

    const slowest = Math.max(...trials.map(({ known }) => known['latencyMs.mali-g76'] as number));
    const limit = slowest * 0.8;
    const under = pick(folder, { profile: 'mali-g76', maxLatencyMs: limit });
    const allowed = trials.filter(({ known }) => (known['latencyMs.mali-g76'] as number) <= limit);
    expect(under.latencyMs['mali-g76']).toBeLessThanOrEqual(limit);
    expect(under.accuracy).toBe(Math.max(...allowed.map(({ values }) => values['accuracy'] as number)));
    expect(under.among).toBe(allowed.length);

    const elsewhere = pick(folder, { profile: 'powervr-ge8320' });
    expect(elsewhere.latencyMs['powervr-ge8320']).toBeGreaterThan(0);
    const fast = pick(folder, { profile: 'mali-g76', minAccuracy: 0.5 });
    expect(fast.accuracy).toBeGreaterThanOrEqual(0.5);

    const printed = await runCli(
      'pick',
      folder,
      '--profile',
      'mali-g76',
      '--max-latency',
      String(limit),
      '--json',
    );
    expect(JSON.parse(printed.stdout)).toMatchObject({
      trial: under.trial,
      architecture: under.architecture,
    });
    const both = { 'mali-g76': limit, 'powervr-ge8320': elsewhere.latencyMs['powervr-ge8320'] as number };
    const args = Object.entries(both).flatMap(([name, ms]) => ['--max-latency', `${name}=${ms}`]);
    const within = JSON.parse((await runCli('pick', folder, ...args, '--json')).stdout) as Picked;
    expect(within).toEqual(JSON.parse(JSON.stringify(pick(folder, { maxLatencyMs: both }))));
    for (const [name, ms] of Object.entries(both)) expect(within.latencyMs[name]).toBeLessThanOrEqual(ms);
    expect((await runCli('pick', folder)).stdout).toContain(`#${knee.trial}`);
    for (const [args, message] of [
      [['--max-latency', '5'], /--max-latency: the run has several devices/],
      [['--profile', 'mali-g76', '--max-latency', '0.1'], /latencyMs.mali-g76 <= 0.100: the smallest is/],
      [['--max-latency', '-3'], /above 0/],
      [['--max-latency', '5', '--max-latency', 'mali-g76=5'], /the name of each device/],
      [['--max-latency', 'mali-g76=5', '--max-latency', 'mali-g67=5'], /mali-g76/],
      [['--min-accuracy', '170%'], /share/],
      [['--profile', 'mali-g67'], /mali-g76/],
    ] as const) {
      const { code, stdout, stderr } = await runCli('pick', folder, ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    }
    expect((await runCli('pick', join(root, 'none'))).code).toBe(2);
  });
});
