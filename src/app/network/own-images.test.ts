/** What happens to weights when the images that they were trained on are no longer what they were. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeImage, writeImages } from '../../../tests/support/own-images.js';
import { commandLine } from '../../base/index.js';
import { decodeWeights, encodeWeights } from '../../training/index.js';
import { evaluate } from './evaluate.js';
import { resumeTraining, trainArchitecture } from './train.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-own-'));
vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const original = join(root, 'original');
const photos = join(root, 'photos');
const weights = join(root, 'trained');
const network = {
  resolution: 16,
  classes: 10,
  stem: { out: 8 },
  blocks: [{ op: 'inverted-residual', kernels: [3], expansion: 2, out: 8 }],
  head: { out: 16 },
};
const recipe = { steps: 20, batchSize: 8, learningRate: 0.1 };
const file = join(root, 'net.json');
let before: number;

beforeAll(async () => {
  await writeImages(original, ['ant', 'bee', 'cat']);
  cpSync(original, photos, { recursive: true });
  writeFileSync(file, JSON.stringify(network));
  const data = { name: 'folder', path: photos } as const;
  await trainArchitecture(file, { data, recipe, validation: 3, out: weights });
  ({ accuracy: before } = await evaluate(weights));
}, 120_000);
beforeEach(() => {
  rmSync(photos, { recursive: true, force: true });
  cpSync(original, photos, { recursive: true });
});

const at = (...parts: string[]) => join(photos, ...parts);

test.each([
  ['a class is added', () => cpSync(at('ant'), at('aaa'), { recursive: true }), 'class `aaa` is new'],
  ['a class is removed', () => rmSync(at('bee'), { recursive: true }), 'class `bee` is missing'],
  ['a class is renamed', () => renameSync(at('ant'), at('zebra')), 'class `ant` is called `zebra` now'],
  [
    'two are exchanged',
    () => {
      renameSync(at('ant'), at('x'));
      renameSync(at('bee'), at('ant'));
      renameSync(at('x'), at('bee'));
    },
    'the images of `ant` and `bee` were exchanged',
  ],
  ['an image is another', () => writeImage(at('cat', '3.png'), 1, 99), 'images of `cat` were changed'],
  ['an image is new', () => writeImage(at('cat', '10.png'), 2, 99), '`cat` has 9 training'],
])('when %s, weights are not evaluated in silence', async (_, change, difference) => {
  await Promise.resolve(change());
  await expect(evaluate(weights)).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringContaining(`The weights of ${weights}: the data is not what it was: ${difference}`),
    remedy: `To use it as it is now, name it: ${commandLine('eval', weights, '--dataset', photos)}`,
  });
  await expect(resumeTraining(weights)).rejects.toThrow(`The training in ${weights}: the data is not what`);
});

test('data that is named may hold other images of the same classes, and no other classes', async () => {
  await writeImage(at('cat', '10.png'), 2, 99);
  const data = { name: 'folder', path: photos } as const;
  const report = await evaluate(weights, { data });
  expect(report.count).toBeGreaterThanOrEqual(6);
  renameSync(at('ant'), at('zebra'));
  await expect(evaluate(weights, { data })).rejects.toThrow(
    `The weights of ${weights} and the data have other classes: class \`ant\` is missing; class \`zebra\` is new.`,
  );
});

/** The weights file with its classes, and what belongs to each, in reverse order. */
function reversed(): string {
  const path = join(root, 'reversed.safetensors');
  const { weights: arrays, metadata } = decodeWeights(readFileSync(join(weights, 'weights.safetensors')));
  const data = JSON.parse(metadata['data'] as string) as {
    classes: string[];
    identity: { classes: object[] };
  };
  data.classes.reverse();
  data.identity.classes.reverse();
  const head = [...arrays].filter(([name]) => name.startsWith('head.dense.'));
  const turned = head.map(
    ([name, { shape, data: values }]): [string, { shape: readonly number[]; data: Float32Array }] => {
      const classes = data.classes.length;
      const result = values.map((_, i) => values[i - (i % classes) + classes - 1 - (i % classes)] as number);
      return [name, { shape, data: result }];
    },
  );
  writeFileSync(
    path,
    encodeWeights(new Map([...arrays, ...turned]), { ...metadata, data: JSON.stringify(data) }),
  );
  return path;
}

test('classes in another order are mapped by name', async () => {
  const path = reversed();
  expect((await evaluate(path)).accuracy).toBe(before);
  expect(before).toBeGreaterThan(0.5);
});

test('weights that do not say which images they are of are evaluated with a notice, but not on other classes', async () => {
  const path = join(root, 'old.safetensors');
  const { weights: arrays, metadata } = decodeWeights(readFileSync(join(weights, 'weights.safetensors')));
  const { identity: _, ...data } = JSON.parse(metadata['data'] as string) as { identity: unknown };
  writeFileSync(path, encodeWeights(arrays, { ...metadata, data: JSON.stringify(data) }));
  const notices: string[] = [];
  const { accuracy } = await evaluate(path, { onNotice: (text) => notices.push(text) });
  expect(accuracy).toBe(before);
  expect(notices.join()).toContain('was not recorded');
  renameSync(at('ant'), at('zebra'));
  await expect(evaluate(path)).rejects.toThrow('class `ant` is missing; class `zebra` is new');
});

test('data that was moved is asked for by name, and found from any working folder', async () => {
  const moved = join(root, 'moved');
  renameSync(photos, moved);
  await expect(evaluate(weights)).rejects.toMatchObject({
    message: `The weights of ${weights}: the data was ${photos}, which is not there now.`,
    remedy: `Name where it is: ${commandLine('eval', weights, '--dataset')} FOLDER`,
  });
  const data = { name: 'folder', path: moved } as const;
  expect((await evaluate(weights, { data })).accuracy).toBe(before);
  await expect(resumeTraining(weights, { data: { name: 'textures' } })).rejects.toMatchObject({
    code: 'bad-usage',
  });
  renameSync(moved, photos);
  const here = process.cwd();
  process.chdir(root);
  try {
    await trainArchitecture(file, {
      data: { name: 'folder', path: 'photos' },
      recipe,
      validation: 3,
      out: 'near',
    });
  } finally {
    process.chdir(here);
  }
  expect((await evaluate(join(root, 'near'))).accuracy).toBe(before);
});

test('a training starts from weights: with their classifier, or with a new one for other classes', async () => {
  const notices: string[] = [];
  const options = { recipe: { ...recipe, steps: 1, learningRate: 1e-9, weightDecay: 0 }, validation: 3 };
  const onNotice = (text: string) => notices.push(text);
  const same = await trainArchitecture(weights, {
    ...options,
    from: weights,
    out: join(root, 'same'),
    onNotice,
  });
  expect(same).toMatchObject({ resolution: 16, classes: 3, data: photos });
  expect(notices).toEqual([`The weights of ${weights} have the same 3 classes: the classifier is kept.`]);
  expect((await evaluate(join(root, 'same'))).accuracy).toBeCloseTo(before, 1);

  const other = await writeImages(join(root, 'other'), ['dog', 'bee', 'cat', 'eel']);
  const data = { name: 'folder', path: other } as const;
  const out = join(root, 'fine-tuned');
  const tuned = await trainArchitecture(weights, { ...options, data, from: weights, out, onNotice });
  expect(tuned.classes).toBe(4);
  expect(notices.at(-1)).toBe(
    `The weights of ${weights} have 3 classes (ant, bee, cat), the data has 4 (bee, cat, dog, eel): the classifier starts new.`,
  );
  const kernel = (folder: string) =>
    decodeWeights(readFileSync(join(folder, 'weights.safetensors'))).weights.get('stem.conv.kernel')?.data;
  expect(kernel(out)?.[0]).toBeCloseTo(kernel(weights)?.[0] as number, 5);

  await expect(trainArchitecture('mixnet-s', { ...options, data, from: weights })).rejects.toThrow(
    `The weights of ${weights} are of another architecture: `,
  );
});

test('images are brought to the size that is asked for', async () => {
  const data = { name: 'folder', path: photos } as const;
  const options = { recipe: { ...recipe, steps: 1 }, validation: 3, resolution: 24 };
  const report = await trainArchitecture(file, { ...options, data, out: join(root, 'larger') });
  expect(report.resolution).toBe(24);
  const { metadata } = decodeWeights(readFileSync(join(root, 'larger', 'weights.safetensors')));
  expect(metadata['resolution']).toBe('24');
  await expect(trainArchitecture(file, { ...options, data: { name: 'cifar10' } })).rejects.toThrow(
    '--resolution: the images of cifar10 are 32x32.',
  );
});
