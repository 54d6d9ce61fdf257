/** The walk of a new user with photographs of their own: each command is the one that the step before printed. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseConfig, resume, search } from '../src/app/index.js';
import { readRun } from '../src/runs/index.js';
import { programName } from '../src/base/index.js';
import { type Outcome, runCli } from './support/run-cli.js';
import { tinySpace as space, writeImages } from './support/own-images.js';

const here = process.cwd();
const root = mkdtempSync(join(tmpdir(), 'mixnas-photos-'));
const photos = join(root, 'photos');

beforeAll(async () => {
  vi.stubEnv('MIXNAS_CACHE', join(root, 'cache'));
  vi.stubEnv('MIXNAS_RUNS', '');
  await writeImages(photos, ['ant', 'bee', 'cat'], { count: 12 });
  writeFileSync(join(root, 'tiny.yaml'), JSON.stringify(space));
  process.chdir(root);
});
afterAll(() => {
  process.chdir(here);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** The commands that were printed, as their words. */
function commandsIn({ stdout, stderr }: Outcome): string[][] {
  const lines = `${stdout}\n${stderr}`.split('\n');
  return lines.flatMap((line) => {
    const at = line.indexOf(`${programName()} `);
    if (at < 0) return [];
    const [command = ''] = line.slice(at + programName().length + 1).split(/ {2,}/);
    return [command.trim().split(' ')];
  });
}

async function walk(words: readonly string[]): Promise<Outcome> {
  const outcome = await runCli(...words);
  expect(`${words.join(' ')}: ${outcome.code} ${outcome.code === 0 ? '' : outcome.stderr}`).toBe(
    `${words.join(' ')}: 0 `,
  );
  return outcome;
}

const next = (outcome: Outcome, name: string): string[] => {
  const found = commandsIn(outcome).find(([command]) => command === name);
  expect(found, `${name} in ${outcome.stdout}${outcome.stderr}`).toBeDefined();
  return found as string[];
};

test('from a folder of photographs to a trained network, by the printed commands', async () => {
  const begun = await walk(['init', '--dataset', 'photos', '--space', 'tiny.yaml', '--profile', 'mali-g76']);
  expect(begun.stderr).toContain(
    'photos: 3 classes (ant 10, bee 10, cat 10 training images) and 6 test images, brought to 16x16; 6 training images are held out for validation.',
  );
  const text = readFileSync('mixnas.yaml', 'utf8');
  expect(text).toContain('dataset: { name: folder, path: ./photos, resolution: 16 }');
  expect(text).toContain('evaluator: { name: training, validation: 0.2, batchSize: 16 }');
  expect(text).toMatch(/resolution: 224\n.*\n\s+classes: 3\n/);
  // Two short trials are enough here.
  const short = text
    .replace('trials: 64', 'trials: 2')
    .replace('validation: 0.2', 'validation: 0.2, steps: 6');
  writeFileSync('mixnas.yaml', short.replace('workers: auto', 'workers: 1'));

  const searched = await walk(next(begun, 'search'));
  expect(searched.stdout).toContain('trained at 16x16');
  const [, spec = ''] = next(searched, 'eval');
  expect((await walk(next(searched, 'eval'))).stdout).toContain(`test images   6 of ${photos}`);
  const reported = await walk(next(searched, 'report'));
  const picked = await walk(next(reported, 'pick'));
  expect(next(searched, 'pick')).toEqual(next(reported, 'pick'));
  await walk(next(picked, 'predict'));
  await walk([...next(picked, 'export'), '--images', '6']);
  const trained = await walk(next(picked, 'train'));
  expect(trained.stdout).toContain(`trained at 16x16 on ${photos}, 3 classes`);
  expect(trained.stdout).toContain('6 steps');
  expect(trained.stderr).toContain(
    'gives the data, the split and the recipe, but for what is given here: 6 steps.',
  );
  const evaluated = await walk(next(trained, 'eval'));
  expect(evaluated.stdout).toContain('at 16x16, 3 classes');
  expect((await walk(next(trained, 'export'))).stdout).toContain('3 classes');
  const { split, recipe } = JSON.parse(
    readFileSync(join(next(trained, 'eval')[1] as string, 'training.json'), 'utf8'),
  );
  expect(split).toEqual({ validation: 6, seed: 1 });
  expect(recipe).toMatchObject({ steps: 6, batchSize: 16 });

  // From another working folder, too.
  process.chdir(tmpdir());
  await walk(['eval', join(root, 'runs', spec)]);
  process.chdir(root);
});

test('a run is not resumed, and no results are taken from it, on other images', async () => {
  const config = {
    name: 'first',
    space: 'tiny.yaml',
    dataset: { name: 'folder', path: photos },
    profiles: ['mali-g76'],
    evaluator: { name: 'training', steps: 2, batchSize: 8 },
    sampler: 'random',
    budget: { trials: 1 },
    workers: 1,
  } as const;
  const first = await search(parseConfig(config), { root: 'searches' });
  const view = readRun(first.folder);
  expect(view.manifest.data?.classes.map(({ name, train }) => [name, train])).toEqual([
    ['ant', 10],
    ['bee', 10],
    ['cat', 10],
  ]);
  expect(view.manifest.accuracySource).toContain('folder at 16x16');
  const warm = (path: string) =>
    parseConfig({
      ...config,
      name: 'warm',
      dataset: { name: 'folder', path },
      warmStart: { runs: ['first-1'] },
    });

  // The same images elsewhere are the same data.
  const moved = join(root, 'elsewhere');
  cpSync(photos, moved, { recursive: true });
  const { folder } = await search(warm(moved), { root: 'searches' });
  expect(readRun(folder).trials[0]?.origin).toBe('known');

  const away = join(root, 'away');
  renameSync(photos, away);
  await expect(resume(first.folder, { trials: 2 })).rejects.toMatchObject({
    code: 'bad-data',
    message: `The run first-1: the data was ${photos}, which is not there now.`,
  });
  const resumed = await resume(first.folder, { trials: 2, data: { name: 'folder', path: away } });
  expect(readRun(resumed.folder).trials).toHaveLength(2);
  renameSync(away, photos);

  renameSync(join(photos, 'cat'), join(photos, 'dog'));
  const difference = 'is not what it was: class `cat` is called `dog` now.';
  await expect(resume(first.folder, { trials: 3 })).rejects.toThrow(`The data of first-1 ${difference}`);
  await expect(search(warm(photos), { root: 'searches' })).rejects.toThrow(
    `warmStart.runs: the data of first-1 ${difference}`,
  );
});

test('what does not fit the data names the field to change', async () => {
  const config = (evaluator: object) =>
    parseConfig({
      space: 'tiny.yaml',
      dataset: 'elsewhere',
      profiles: ['mali-g76'],
      evaluator: { name: 'training', steps: 2, ...evaluator } as never,
      budget: { trials: 1 },
      workers: 1,
    });
  await expect(search(config({ validation: 400 }), { root: 'searches' })).rejects.toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('`evaluator.validation`') }),
  );
  await expect(search(config({ batchSize: 64 }), { root: 'searches' })).rejects.toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('`evaluator.batchSize`') }),
  );
  expect(() => config({ validation: 1.5 })).toThrow('must be a whole number of images, or a share below 1');
});
