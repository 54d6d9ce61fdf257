/** The numbered examples do what they say, as a reader would run them. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(packageRoot(), 'bin/mixnas.mjs');
const example = (name: string) => join(packageRoot(), 'examples', name);

function run(...args: readonly string[]): string {
  const env = {
    ...process.env,
    MIXNAS_RUNS: join(folder, 'runs'),
    MIXNAS_PROFILES: join(folder, 'profiles'),
  };
  const done = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  expect(`${done.status} ${done.stderr}`).toMatch(/^0 /);
  return done.stdout;
}

test('01: a first search', () => {
  const front = JSON.parse(run(bin, 'search', example('01-first-search.yaml'), '--json')) as {
    front: unknown[];
  };
  expect(front.front.length).toBeGreaterThan(0);
});

test('02: images of your own', async () => {
  for (const name of ['cat', 'dog']) {
    mkdirSync(join(folder, 'my-images', name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const background = { r: i * 10, g: name === 'cat' ? 200 : 20, b: 90 };
      const image = sharp({ create: { width: 40, height: 40, channels: 3, background } });
      await image.png().toFile(join(folder, 'my-images', name, `${i}.png`));
    }
  }
  cpSync(example('02-own-data.yaml'), join(folder, '02-own-data.yaml'));
  const { front } = JSON.parse(run(bin, 'search', '02-own-data.yaml', '--json')) as { front: unknown[] };
  expect(front.length).toBeGreaterThan(0);
});

test('03: a device of your own from a CSV', () => {
  const named = ['--like', 'mali-g76', '--device', 'My phone', '--source', 'made up', '--licence', 'CC0'];
  run(bin, 'profile', 'tune', 'my-phone', '--kernels', example('03-own-device.csv'), ...named);
  expect(run(bin, 'predict', 'mixnet-s', '--profile', 'my-phone')).toContain('my-phone');
});

test('the lines of docs/extending/profile.md print what the board takes', () => {
  const page = readFileSync(join(packageRoot(), 'docs/extending/profile.md'), 'utf8');
  const scripts = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  expect(scripts).toHaveLength(2);
  const board = JSON.parse(readFileSync(join(packageRoot(), 'profiles/mali-g76.json'), 'utf8')) as object;
  mkdirSync(join(folder, 'my-profiles'));
  writeFileSync(join(folder, 'my-profiles', 'my-board.json'), JSON.stringify({ ...board, name: 'my-board' }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(packageRoot(), join(folder, 'node_modules', 'mixnas'));
  const known = JSON.parse(run(bin, 'predict', 'mixnet-s', '--profile', 'mali-g76', '--json')) as {
    predictions: { latencyMs: number }[];
  };
  for (const [i, script] of scripts.entries()) {
    writeFileSync(join(folder, `${i}.mjs`), script);
    expect(Number(run(`${i}.mjs`))).toBe(known.predictions[0]?.latencyMs);
  }
});

test('04: an evaluator of your own, as a program', () => {
  cpSync(join(packageRoot(), 'examples'), join(folder, 'examples'), { recursive: true });
  const { front } = JSON.parse(run(bin, 'search', 'examples/04-own-evaluator-program.yaml', '--json')) as {
    front: { accuracy: number }[];
  };
  for (const { accuracy } of front) expect(accuracy).toBeGreaterThan(0.5);
  expect(front.length).toBeGreaterThan(0);
});

test('09: a search for 8-bit integers', () => {
  const { front } = JSON.parse(run(bin, 'search', example('09-integers.yaml'), '--json')) as {
    front: { trial: number; accuracy: number }[];
  };
  expect(front.length).toBeGreaterThan(0);
  const header = run(bin, 'trials', 'integers-1', '--csv').split('\n')[0];
  expect(header).toContain('floatAccuracy');
});

test('quickstart: what npm start runs, with made-up accuracies', () => {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  expect(scripts.start).toContain('examples/quickstart.yaml');
  const made = ['--evaluator', 'synthetic', '--json'];
  const { front } = JSON.parse(run(bin, 'search', example('quickstart.yaml'), ...made)) as {
    front: unknown[];
  };
  expect(front.length).toBeGreaterThan(0);
});

test.each([
  ['04-own-evaluator.mjs', /trial \d+: 0\.\d+/],
  ['05-own-sampler.mjs', /best: \{ depth: 5, width: 64, kernel: 3 \}/],
  ['06-ask-and-tell.mjs', /latencyMs/],
  ['07-resume.mjs', /interrupted\ntrials after 20 trials/],
  ['08-choose-and-deploy.mjs', /mali-g76: [\d.]+ ms[^]*\d+ arrays/],
])('%s', (name, expected) => {
  expect(run(example(name))).toMatch(expected);
});

test('the page of the examples lists every file', () => {
  const page = readFileSync(example('README.md'), 'utf8');
  const files = readdirSync(join(packageRoot(), 'examples')).filter((name) => name !== 'README.md');
  for (const name of files) expect(page).toContain(`](${name})`);
});
