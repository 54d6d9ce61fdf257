import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tflite } from '../../formats/index.js';
import { decodeWeights } from '../../training/index.js';
import { trainArchitecture } from '../network/index.js';
import { exportNetworks } from './index.js';

let folder: string;
/** A trained network with a gated, dilated and grouped block. */
let trained: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-export-'));
  const path = join(folder, 'net.json');
  const block = {
    op: 'inverted-residual',
    kernels: [3, 5, 3],
    dilations: [1, 1, 2],
    gate: 'hard',
    gateThreshold: 0.9,
    expansion: 3,
    projectGroups: 2,
    activation: 'swish',
    out: 8,
  };
  const architecture = { resolution: 16, classes: 3, stem: { out: 8 }, blocks: [block], head: { out: 16 } };
  writeFileSync(path, JSON.stringify(architecture));
  trained = join(folder, 'trained');
  await trainArchitecture(path, {
    data: { name: 'textures', size: 256, resolution: 16, classes: 3 },
    recipe: { steps: 12, batchSize: 16, learningRate: 0.1 },
    validation: 64,
    out: trained,
  });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = (name: string) => join(folder, name);

test('a trained network is checked on test images and written', async () => {
  const { files, failed } = await exportNetworks(trained, { out: out('plain'), images: 40 });
  expect(failed).toEqual([]);
  const [file] = files;
  expect(file).toMatchObject({
    path: join(out('plain'), 'trained.tflite'),
    trained: true,
    precision: 'float32',
  });
  expect(file?.check).toMatchObject({ images: 40, on: 'test images of textures', agreement: 1 });
  expect(file?.check?.largestDifference).toBeLessThan(1e-5);
  // Gates are soft in the file, so its accuracy may be another than the trained network's.
  expect(file?.check?.accuracy).toBeGreaterThan(0);
  expect(file?.notes.join(' ')).toMatch(/LOGISTIC.*Hard gates are soft.*split, convolved/);
  const bytes = readFileSync(file?.path ?? '');
  expect(bytes.length).toBe(file?.bytes);
  const model = tflite.readTables(bytes, 'trained.tflite');
  expect(model.subgraphs?.[0]?.tensors?.map(({ name }) => name)).toContain('blocks.0.depthwise.2');
});

test('operating points, 16-bit weights and HARD_SWISH are said and measured', async () => {
  const options = { out: out('choices'), images: 30, float16: true, swish: 'hard-swish', groups: 1 } as const;
  const [file] = (await exportNetworks(trained, options)).files;
  expect(file?.path).toBe(join(out('choices'), 'trained-float16.tflite'));
  expect(file?.check?.largestDifference).toBeLessThan(5e-3);
  expect(file?.notes.join(' ')).toMatch(/another function.*at most 1 groups/);
  const whole = (await exportNetworks(trained, { out: out('plain'), images: 30 })).files[0];
  expect(file?.bytes).toBeLessThan(whole?.bytes ?? 0);
});

test('the graph itself is a file, with its constants next to it', async () => {
  const [file] = (await exportNetworks(trained, { out: out('graph'), format: 'graph', images: 5 })).files;
  expect(readdirSync(out('graph')).toSorted()).toEqual(['trained.graph.json', 'trained.safetensors']);
  const { values } = JSON.parse(readFileSync(file?.path ?? '', 'utf8')) as {
    values: { name: string; shape: number[]; constant: boolean }[];
  };
  const { weights } = decodeWeights(readFileSync(join(out('graph'), 'trained.safetensors')));
  for (const { name, shape, constant } of values)
    expect(weights.get(name)?.shape).toEqual(constant ? shape : undefined);
});

test('an architecture without weights is exported for measuring, at any size, and says so', async () => {
  const options = { out: out('untrained'), resolution: 32 };
  const [file] = (await exportNetworks('mobilenet-v1', options)).files;
  expect(file).toMatchObject({ trained: false, resolution: 32, check: { on: 'random images' } });
  expect(file?.notes.join(' ')).toContain('The weights are random');
  const unchecked = await exportNetworks(trained, { out: out('unchecked'), check: false });
  expect(unchecked.files[0]).not.toHaveProperty('check');
});

test('integers are calibrated on training images, run in every runtime, and refused where they cost too much', async () => {
  const options = { out: out('int8'), int8: true, images: 30, maxLoss: 100 } as const;
  const [file] = (await exportNetworks(trained, options)).files;
  expect(file).toMatchObject({ path: join(out('int8'), 'trained-int8.tflite'), precision: 'int8' });
  const { chosen, tried, runtimes, layers } = file?.int8 ?? {};
  expect(tried).toHaveLength(6);
  expect(chosen?.error).toBe(Math.min(...(tried ?? []).map(({ error }) => error ?? Number.NaN)));
  expect(chosen?.error).toBeLessThan(0.2);
  for (const { steps } of runtimes ?? []) expect(steps).toBeLessThan(13);
  expect(layers?.map(({ name }) => name)).toContain('blocks.0.depthwise.2');
  const phases = ['data', 'lower', 'compare', 'quantize', 'check', 'encode', 'write'];
  expect(Object.keys(file?.seconds ?? {}).toSorted()).toEqual(phases.toSorted());

  const ends = await exportNetworks(trained, { ...options, integerIo: true, calibration: 'mse' });
  const { subgraphs } = tflite.readTables(readFileSync(ends.files[0]?.path ?? ''), 'ends.tflite');
  const input = subgraphs?.[0]?.tensors?.[subgraphs[0]?.inputs?.[0] ?? -1];
  expect(input?.type).toBe(tflite.tensorTypes.int8);
  await expect(
    exportNetworks(trained, { ...options, out: out('lossy'), maxLoss: -101, qat: 'never' }),
  ).rejects.toThrow('more than --max-loss');
  expect(existsSync(out('lossy'))).toBe(false);
  for (const wrong of [
    { maxLoss: 1 },
    { qat: 'always' as const },
    { int8: true, qatSteps: 5 },
    { int8: true, float16: true },
    { int8: true, format: 'graph' as const },
  ]) {
    await expect(exportNetworks(trained, wrong)).rejects.toMatchObject({ code: 'bad-usage' });
  }
});

test('where nothing is checked and nothing is to be chosen, integers are not compared with floats', async () => {
  const options = { int8: true, check: false, resolution: 32, out: out('untrained') } as const;
  const { files, seconds } = await exportNetworks('mixnet-s', options);
  expect(files[0]?.int8?.layers).toEqual([]);
  expect(files[0]?.int8?.chosen.error).toBeUndefined();
  expect(Object.keys(files[0]?.seconds ?? {}).toSorted()).toEqual(
    ['data', 'encode', 'lower', 'quantize', 'write'].toSorted(),
  );
  expect(Object.keys(seconds).toSorted()).toEqual(['data', 'read']);
});

test('what loses too much is trained on in integers, the same each time, and checked like all others', async () => {
  const options = { int8: true, images: 20, calibration: 'min-max', qatSteps: 5 } as const;
  const steps: string[] = [];
  const tuned = { ...options, qat: 'always', onStep: (text: string) => void steps.push(text) } as const;
  const [file] = (await exportNetworks(trained, { ...tuned, out: out('tuned') })).files;
  expect(steps.join('\n')).toMatch(/fine-tuning .*: step 5 of 5, loss \d/);
  const { qat, layers, chosen } = file?.int8 ?? {};
  expect(qat).toMatchObject({ steps: 5, seed: 1, batchSize: 32, before: { error: expect.any(Number) } });
  expect(qat?.before.accuracy).toBeGreaterThan(0);
  expect(qat?.before.layers.map(({ name }) => name)).toEqual(layers?.map(({ name }) => name));
  expect(chosen?.error).not.toBe(qat?.before.error);
  const [again] = (await exportNetworks(trained, { ...tuned, out: out('again') })).files;
  const bytes = readFileSync(file?.path ?? '');
  expect(Buffer.compare(readFileSync(again?.path ?? ''), bytes)).toBe(0);
  const [plain] = (await exportNetworks(trained, { ...options, qatSteps: undefined, out: out('ptq') })).files;
  expect(Buffer.compare(readFileSync(plain?.path ?? ''), bytes)).not.toBe(0);
  expect(plain?.int8).not.toHaveProperty('qat');
  // Fine-tuned by itself where the limit asks for it, and refused where that does not suffice.
  const lossy = { ...options, out: out('still-lossy'), maxLoss: -101 };
  await expect(exportNetworks(trained, lossy)).rejects.toThrow(/after fine-tuning \(-?\d+\.\d\d before\)/);
  expect(existsSync(out('still-lossy'))).toBe(false);
  await expect(exportNetworks('mobilenet-v1', { ...options, qat: 'always', resolution: 32 })).rejects.toThrow(
    'was not trained, so it cannot be fine-tuned',
  );
});

test('a network that is to read larger images is calibrated and checked on resized ones', async () => {
  const options = {
    out: out('larger'),
    resolution: 24,
    int8: true,
    calibration: 'min-max',
    images: 20,
  } as const;
  const [file] = (await exportNetworks(trained, options)).files;
  expect(file?.check).toMatchObject({ images: 20, on: 'test images of textures, resized to 24x24' });
  expect(file?.check?.accuracy).toBeGreaterThan(0);
  expect(file?.int8?.tried).toHaveLength(2);
  expect(file?.int8?.chosen.error).toBeLessThan(0.2);
});

test('bad input is one sentence, and a file that computes something else is not written', async () => {
  await expect(exportNetworks('mobilenet-v1', { groups: 1, resolution: 32 })).rejects.toMatchObject({
    code: 'bad-usage',
  });
  await expect(exportNetworks('mixnet-q')).rejects.toMatchObject({ code: 'bad-config' });
  // A weight that 16 bits cannot hold.
  const path = join(folder, 'large.safetensors');
  const bytes = readFileSync(join(trained, 'weights.safetensors'));
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  const { data_offsets: at } = (
    JSON.parse(bytes.subarray(8, header).toString()) as Record<string, { data_offsets: number[] }>
  )['head.dense.kernel'] as { data_offsets: number[] };
  bytes.writeFloatLE(1e6, header + (at[0] as number));
  writeFileSync(path, bytes);
  const options = { out: out('large'), float16: true, images: 5 };
  await expect(exportNetworks(path, options)).rejects.toMatchObject({ code: 'failed' });
  expect(existsSync(out('large'))).toBe(false);
});
