import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLine } from '../../base/index.js';
import { decodeWeights } from '../../training/index.js';
import { cost } from './cost.js';
import { evaluate } from './evaluate.js';
import { operatingPoints } from './operating-points.js';
import { predict } from './predict.js';
import { recipeOfFile, resumeTraining, trainArchitecture } from './train.js';
import type { TrainArchitectureOptions } from './train-inputs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A network file whose own resolution and classes are not those of the data. */
function networkFile(changes: object = {}): string {
  const path = join(folder, 'net.json');
  const block = { op: 'inverted-residual', kernels: [3, 5], expansion: 2, out: 8, ...changes };
  const architecture = {
    resolution: 32,
    classes: 10,
    stem: { out: 8 },
    blocks: [block],
    head: { out: 16 },
  };
  writeFileSync(path, JSON.stringify(architecture));
  return path;
}

const options = (): TrainArchitectureOptions => ({
  data: { name: 'textures', size: 256, resolution: 16, classes: 3 },
  recipe: { steps: 12, batchSize: 16, learningRate: 0.1 },
  validation: 64,
  out: join(folder, 'out'),
});

test('a trained network is saved with what it takes to evaluate it on the test images', async () => {
  const report = await trainArchitecture(networkFile(), options());
  expect(report).toMatchObject({ name: 'net', resolution: 16, classes: 3, steps: 12 });
  expect(readdirSync(report.folder).toSorted()).toEqual([
    'architecture.json',
    'checkpoint.safetensors',
    'events',
    'training.json',
    'weights.safetensors',
  ]);
  const training = JSON.parse(readFileSync(join(report.folder, 'training.json'), 'utf8'));
  expect(training).toMatchObject({
    accuracy: report.accuracy,
    split: { validation: 64 },
    recipe: { steps: 12 },
  });

  const byFolder = await evaluate(report.folder);
  expect(byFolder).toMatchObject({ data: 'textures', count: 64, params: report.params, macs: report.macs });
  const byFile = await evaluate(join(report.folder, 'weights.safetensors'));
  expect(byFile.accuracy).toBe(byFolder.accuracy);

  truncateSync(join(report.folder, 'weights.safetensors'), 900);
  await expect(evaluate(report.folder)).rejects.toMatchObject({ code: 'bad-data' });
});

test('the report of a training that patience ended says how many steps were planned', async () => {
  const recipe = { steps: 40, batchSize: 16, patience: 1, learningRate: 1e-12, weightDecay: 0 };
  const report = await trainArchitecture(networkFile(), { ...options(), recipe, validateEvery: 2 });
  expect(report.plannedSteps).toBe(40);
  expect(report.steps).toBeLessThan(40);
});

test('bad input is refused before anything is written', async () => {
  const path = networkFile();
  const training = (spec: string, changes: object) => trainArchitecture(spec, { ...options(), ...changes });
  await expect(training('no-such-net', {})).rejects.toMatchObject({ code: 'bad-config' });
  await expect(training('no-such-run#3', {})).rejects.toMatchObject({ code: 'bad-run' });
  await expect(training(path, { recipe: { stepz: 3 } })).rejects.toThrow(
    'unknown key `stepz`; did you mean `steps`?',
  );
  await expect(training(path, { recipe: { warmup: 1 } })).rejects.toThrow('`warmup`: ');
  await expect(training(path, { data: { name: 'textures', classes: 1 } })).rejects.toMatchObject({
    code: 'bad-config',
  });
  await expect(training(path, { validation: 1000 })).rejects.toThrow(
    '1000 validation images cannot be carved out of 256',
  );
  await expect(evaluate('nowhere')).rejects.toThrow('nowhere: no such weights file or folder.');
  await expect(evaluate('no-such-run#3')).rejects.toMatchObject({ code: 'bad-run' });
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('a training that was interrupted resumes from its folder and ends as if it had not been', async () => {
  const path = networkFile();
  const recipe = { steps: 30, batchSize: 16, optimizer: 'adamw', averaging: 0.9 } as const;
  const whole = await trainArchitecture(path, { ...options(), recipe, out: join(folder, 'whole') });
  const controller = new AbortController();
  const saved: string[] = [];
  const broken = trainArchitecture(path, {
    ...options(),
    recipe,
    signal: controller.signal,
    onProgress: ({ step }) => step >= 8 && controller.abort(new Error('enough')),
    onCheckpoint: (where) => saved.push(where),
  });
  await expect(broken).rejects.toThrow('enough');
  expect(saved).toEqual([join(folder, 'out')]);
  expect(readdirSync(join(folder, 'out')).toSorted()).toEqual(['checkpoint.safetensors', 'events']);

  // The architecture's file is not needed again.
  rmSync(path);
  const resumed = await resumeTraining(join(folder, 'out'));
  const { seconds: _, folder: __, ...rest } = resumed;
  expect(whole).toMatchObject(rest);
  const bytesOf = (name: string) => readFileSync(join(folder, name, 'weights.safetensors'));
  expect(bytesOf('out').equals(bytesOf('whole'))).toBe(true);
  expect(readdirSync(join(folder, 'out', 'events'))).toHaveLength(2);

  truncateSync(join(folder, 'out', 'checkpoint.safetensors'), 500);
  await expect(resumeTraining(join(folder, 'out'))).rejects.toMatchObject({ code: 'bad-data' });
  await expect(resumeTraining(folder)).rejects.toThrow('there is no checkpoint to resume from');
});

test('a folder that holds a training is not trained into again, and the refusal names the way on', async () => {
  const path = networkFile();
  const { folder: out } = await trainArchitecture(path, options());
  const again = () => trainArchitecture(path, options());
  await expect(again()).rejects.toMatchObject({
    code: 'bad-usage',
    message: `${out} already holds a training.`,
    remedy: `Resume it: ${commandLine('train', out, '--resume')}. Or name another folder.`,
  });
  rmSync(join(out, 'checkpoint.safetensors'));
  await expect(again()).rejects.toMatchObject({ code: 'bad-usage', remedy: 'Name another folder.' });
  rmSync(join(out, 'weights.safetensors'));
  await expect(again()).resolves.toMatchObject({ folder: out });
});

test('a network without gates gives its weights to one with hard gates, which begin open', async () => {
  const { folder: plain } = await trainArchitecture(networkFile(), options());
  const from = join(plain, 'weights.safetensors');
  const gated = networkFile({ gate: 'hard' });
  const recipe = { steps: 1, batchSize: 16, learningRate: 1e-9, gates: { warmup: 0, opening: 0, noise: 0 } };
  const report = await trainArchitecture(gated, { ...options(), recipe, from, out: join(folder, 'gated') });
  expect(report.gates?.['blocks.0.gate']?.runs).toEqual([1, 1]);
  const weightsOf = (path: string) => decodeWeights(readFileSync(path)).weights;
  const [before, after] = [weightsOf(from), weightsOf(join(report.folder, 'weights.safetensors'))];
  for (const name of ['stem.conv.kernel', 'blocks.0.project.kernel']) {
    const [old, now] = [before.get(name)?.data, after.get(name)?.data] as [Float32Array, Float32Array];
    now.forEach((value, i) => expect(value).toBeCloseTo(old[i] as number, 5));
  }
});

test('a recipe is read from a file, and what is wrong in it is named', () => {
  const file = join(folder, 'recipe.yaml');
  writeFileSync(file, 'steps: 7\naugmentation: { mixup: 0.2 }\n');
  expect(recipeOfFile(file)).toEqual({ steps: 7, augmentation: { mixup: 0.2 } });
  writeFileSync(file, 'steps: 7\noptimizer: adam\n');
  expect(() => recipeOfFile(file)).toThrow(/recipe\.yaml.*`optimizer`/);
});

test('a gated network has operating points, and its expected costs are those of its statistics', async () => {
  const path = networkFile({ kernels: [3, 5, 7], expansion: 3, gate: 'hard', gateThreshold: 0.7 });
  const { folder: out, gates } = await trainArchitecture(path, options());
  expect(Object.keys(gates ?? {})).toEqual(['blocks.0.gate']);

  const report = await operatingPoints(out, { profiles: ['mali-g76', 'adreno-640'], resolution: 64 });
  expect(report).toMatchObject({ trainedResolution: 16, resolution: 64, count: 64 });
  expect(report.points.map(({ groups }) => groups)).toEqual([3, 2, 1]);
  const measured = await evaluate(out);
  expect(report.points[0]?.accuracy).toBe(measured.accuracy);
  for (const [i, point] of report.points.entries()) {
    const before = report.points[i - 1];
    expect(point.expectedMacs).toBeLessThanOrEqual(point.macs);
    if (before) expect(point.macs).toBeLessThan(before.macs);
    expect(point.latencies.map(({ profile }) => profile)).toEqual(['mali-g76', 'adreno-640']);
    for (const { expectedMs, worstMs } of point.latencies) expect(expectedMs).toBeLessThanOrEqual(worstMs);
  }
  // One group always runs.
  expect(report.points[2]?.expectedMacs).toBe(report.points[2]?.macs);

  const costs = cost(out);
  const skipped = costs.macs - (costs.expectedMacs as number);
  expect(skipped).toBeGreaterThanOrEqual(0);
  const [prediction] = predict(out, { profiles: ['mali-g76'] }).predictions;
  expect(prediction?.expectedMs).toBeLessThanOrEqual(prediction?.latencyMs as number);

  const plain = await trainArchitecture(networkFile(), { ...options(), out: join(folder, 'plain') });
  await expect(operatingPoints(plain.folder)).rejects.toThrow('has no gates');
  expect(cost(plain.folder)).not.toHaveProperty('expectedMacs');
});
