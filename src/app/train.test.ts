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
import { evaluate } from './evaluate.js';
import { type TrainArchitectureOptions, trainArchitecture } from './train.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A network file whose own resolution and classes are not those of the data. */
function networkFile(): string {
  const path = join(folder, 'net.json');
  const block = { op: 'inverted-residual', kernels: [3, 5], expansion: 2, out: 8 };
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
