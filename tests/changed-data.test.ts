/** Every command that uses weights or a run, on a folder of images that is no longer what it was. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  evaluate,
  exportNetworks,
  parseConfig,
  predict,
  resume,
  resumeTraining,
  search,
  trainArchitecture,
} from '../src/app/index.js';
import { commandLine } from '../src/base/index.js';
import { readRun } from '../src/runs/index.js';
import { decodeWeights, encodeWeights } from '../src/training/index.js';
import { tinySpace as space, writeImage, writeImages } from './support/own-images.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-changed-'));
const here = process.cwd();
const original = join(root, 'original');
const photos = join(root, 'photos');
const data = { name: 'folder', path: photos } as const;
const weights = join(root, 'trained');
/** The same with classes in the order cat, bee, ant. */
const reversed = join(root, 'reversed.safetensors');
const recipe = { steps: 20, batchSize: 8, learningRate: 0.1 };
const still = { steps: 4, batchSize: 8, learningRate: 1e-9, weightDecay: 0 };
const network = {
  resolution: 16,
  classes: 3,
  stem: { out: 8 },
  blocks: [{ op: 'inverted-residual', kernels: [3], expansion: 2, out: 8 }],
  head: { out: 16 },
};
const config = {
  name: 'run',
  space: 'tiny.yaml',
  dataset: data,
  profiles: ['mali-g76'],
  evaluator: { name: 'training', steps: 20, batchSize: 8, learningRate: 0.1, validation: 6 },
  sampler: 'random',
  budget: { trials: 1 },
  workers: 1,
} as const;
let run: string;

/** The arrays, the classes and what belongs to each, the other way round. */
function reverseClasses(from: string, to: string): void {
  const { weights: arrays, metadata } = decodeWeights(readFileSync(from));
  const stored = JSON.parse(metadata['data'] as string) as {
    classes: string[];
    identity: { classes: object[] };
  };
  stored.classes.reverse();
  stored.identity.classes.reverse();
  const turned = [...arrays].flatMap(([name, { shape, data: values }]) => {
    if (!name.startsWith('head.dense.')) return [];
    const at = (i: number) => i - (i % 3) + 2 - (i % 3);
    return [[name, { shape, data: values.map((_, i) => values[at(i)] as number) }] as const];
  });
  writeFileSync(
    to,
    encodeWeights(new Map([...arrays, ...turned]), { ...metadata, data: JSON.stringify(stored) }),
  );
}

beforeAll(async () => {
  vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
  vi.stubEnv('MIXNAS_RUNS', '');
  process.chdir(root);
  await writeImages(original, ['ant', 'bee', 'cat'], { count: 12 });
  cpSync(original, photos, { recursive: true });
  writeFileSync('net.json', JSON.stringify(network));
  writeFileSync('tiny.yaml', JSON.stringify(space));
  await trainArchitecture('net.json', { data, recipe, validation: 3, out: weights });
  reverseClasses(join(weights, 'weights.safetensors'), reversed);
  ({ folder: run } = await search(parseConfig(config)));
}, 300_000);
afterAll(() => {
  process.chdir(here);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(photos, { recursive: true, force: true });
  cpSync(original, photos, { recursive: true });
});

const at = (...parts: string[]) => join(photos, ...parts);
const exchange = () => {
  renameSync(at('ant'), at('x'));
  renameSync(at('bee'), at('ant'));
  renameSync(at('x'), at('bee'));
};

test.each([
  ['renamed', () => renameSync(at('ant'), at('zebra')), 'class `ant` is called `zebra` now'],
  ['added', () => cpSync(at('ant'), at('aaa'), { recursive: true }), 'class `aaa` is new'],
  ['removed', () => rmSync(at('bee'), { recursive: true }), 'class `bee` is missing'],
  ['exchanged', exchange, 'the images of `ant` and `bee` were exchanged'],
  ['of other images', () => writeImage(at('cat', '3.png'), 1, 99), 'images of `cat` were changed'],
])(
  'a class that was %s is named by every command, and nothing is mixed',
  async (_, change, difference) => {
    const before = predict(weights);
    await Promise.resolve(change());
    const what = `The weights of ${weights}: the data is not what it was: ${difference}`;
    const out = join(root, 'out');
    const commands: Record<string, [() => Promise<unknown>, string]> = {
      eval: [() => evaluate(weights), what],
      export: [() => exportNetworks(weights, { out, images: 6 }), what],
      'export --int8': [() => exportNetworks(weights, { out, int8: true, check: false }), what],
      'train WEIGHTS': [() => trainArchitecture(weights, { recipe, out }), what],
      'train --from': [() => trainArchitecture(weights, { from: weights, recipe, out }), what],
      'train RUN#TRIAL': [() => trainArchitecture(`${run}#0`, { out }), 'the data is not what it was: '],
      'train --resume': [
        () => resumeTraining(weights),
        `The training in ${weights}: the data is not what it was`,
      ],
      resume: [() => resume(run, { trials: 2 }), `The data of run-1 is not what it was: ${difference}`],
      warmStart: [
        () => search(parseConfig({ ...config, name: 'warm', warmStart: { runs: ['run-1'] } })),
        `warmStart.runs: the data of run-1 is not what it was: ${difference}`,
      ],
    };
    for (const [command, [start, message]] of Object.entries(commands)) {
      const outcome = await start().then(
        () => 'was done',
        (error: Error) => error.message,
      );
      expect(`${command}: ${outcome}`).toContain(message);
    }
    await expect(exportNetworks(weights, { out })).rejects.toMatchObject({
      code: 'bad-data',
      remedy: `To use it as it is now, name it: ${commandLine('export', weights, '--dataset', photos)}`,
    });
    expect(readRun(run).trials).toHaveLength(1);
    // Latency is of the network alone.
    expect(predict(weights)).toEqual(before);
  },
  120_000,
);

test('data that is named is exported with, its labels by name; of other classes it is refused', async () => {
  await writeImage(at('cat', '12.png'), 2, 99);
  const out = join(root, 'named');
  const { files } = await exportNetworks(reversed, { out, images: 6, data });
  expect(files[0]?.check).toMatchObject({ on: 'test images of folder', images: 6 });
  renameSync(at('ant'), at('zebra'));
  await expect(exportNetworks(reversed, { out, data })).rejects.toThrow(
    'and the data have other classes: class `ant` is missing; class `zebra` is new',
  );
}, 120_000);

test('classes in another order are mapped by name: eval, export, train --from, train --resume', async () => {
  const { accuracy } = await evaluate(weights);
  expect(accuracy).toBeGreaterThan(0.5);
  expect((await evaluate(reversed)).accuracy).toBe(accuracy);

  const out = join(root, 'turned');
  const { files } = await exportNetworks(reversed, { out, images: 6 });
  expect(files[0]?.check).toMatchObject({ accuracy, trainedAccuracy: accuracy });
  expect(readFileSync(files[0]?.path as string, 'latin1')).toContain('cat\nbee\nant\n');

  const classesOf = (path: string) =>
    JSON.parse(decodeWeights(readFileSync(path)).metadata['data'] as string).classes as string[];
  const tuned = join(root, 'tuned');
  await trainArchitecture(reversed, { from: reversed, data, recipe: still, validation: 3, out: tuned });
  expect(classesOf(join(tuned, 'weights.safetensors'))).toEqual(['cat', 'bee', 'ant']);
  expect((await evaluate(tuned)).accuracy).toBeCloseTo(accuracy, 5);

  // What resumes it finds its classes where the checkpoint has them.
  rmSync(join(tuned, 'weights.safetensors'));
  await resumeTraining(tuned);
  expect(classesOf(join(tuned, 'weights.safetensors'))).toEqual(['cat', 'bee', 'ant']);
  expect((await evaluate(tuned)).accuracy).toBeCloseTo(accuracy, 5);
}, 120_000);

test('classes in another order are mapped by name: resume and warmStart', async () => {
  const path = join(run, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { data: { classes: { name: string }[] } };
  manifest.data.classes.reverse();
  writeFileSync(path, JSON.stringify(manifest));
  await resume(run, { trials: 3 });
  expect(readRun(run).trials).toHaveLength(3);
  const kept = [1, 2].map((id) => join(run, 'weights', `${id}.safetensors`));
  const found = kept.flatMap((one) => {
    try {
      return [decodeWeights(readFileSync(one))];
    } catch {
      return []; // Weights of what left the front are not kept.
    }
  });
  for (const { metadata } of found) {
    expect((JSON.parse(metadata['data'] as string) as { classes: string[] }).classes).toEqual([
      'cat',
      'bee',
      'ant',
    ]);
  }
  const warm = await search(parseConfig({ ...config, name: 'warm', warmStart: { runs: ['run-1'] } }));
  expect(readRun(warm.folder).trials[0]?.origin).toBe('known');
}, 180_000);
