/** Channels that suit the devices: through the config, every sampler, the run folder and what is built. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configTemplate, parseConfig, resume, search } from '../src/app/index.js';
import { searchSpace } from '../src/app/config/index.js';
import { createRandom, packageRoot } from '../src/base/index.js';
import { type Architecture, canAlign, countCost, lower } from '../src/models/index.js';
import { createPredictor, loadProfile } from '../src/hardware/index.js';
import { createStudy, mixnetSpace, samplerNames } from '../src/search/index.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-align-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Mixed convolutions whose channels allow it, and of those the ones with a border between multiples. */
function borders(architecture: Architecture, align: number) {
  const { ops } = lower(architecture);
  let mixed = 0;
  let broken = 0;
  for (const block of architecture.blocks.keys()) {
    const slices = ops.filter((op) => op.block === block && op.kind === 'slice');
    const channels = slices.reduce((sum, { shape }) => sum + shape[2], 0);
    if (slices.length === 0 || !canAlign(channels, slices.length, align)) continue;
    mixed++;
    if (slices.some((op) => op.kind === 'slice' && op.begin % align !== 0)) broken++;
  }
  return { mixed, broken };
}

const devices = (...names: string[]) => names.map(loadProfile);
const { config } = parseConfig({ align: 'auto', profiles: ['mali-g76', 'ethos-u65'] });
const space = searchSpace(config, devices('mali-g76', 'ethos-u65'));

test.each(samplerNames.filter((name) => name !== 'mo-asha'))(
  '%s proposes aligned networks only',
  (sampler) => {
    const study = createStudy({
      space: mixnetSpace(space),
      objectives: [
        { name: 'macs', direction: 'minimize' },
        { name: 'params', direction: 'maximize' },
      ],
      sampler: { name: sampler },
      seed: 1,
      trials: 40,
    });
    let mixed = 0;
    for (let i = 0; i < 40; i++) {
      const trial = study.ask();
      if (trial === undefined) break;
      const { architecture } = trial;
      const found = borders(architecture, 16);
      expect(found.broken).toBe(0);
      mixed += found.mixed;
      const { macs, params } = countCost(lower(architecture));
      study.tell(trial.id, { macs, params });
    }
    expect(mixed).toBeGreaterThan(20);
  },
);

test('mutations and crossovers stay aligned', () => {
  const { random: draw, mutate, crossover, decode } = mixnetSpace(space);
  const random = createRandom(4);
  let [a, b] = [draw(random), draw(random)];
  for (let i = 0; i < 100; i++) {
    [a, b] = [mutate(a, random), crossover(a, b, random)];
    for (const genome of [a, b]) expect(borders(decode(genome), 16).broken).toBe(0);
  }
});

test('without `align` a space is the same as in a run of 0.1.0', () => {
  const manifest = join(packageRoot(), 'runs', 'example', 'manifest.json');
  const { name, hash } = JSON.parse(readFileSync(manifest, 'utf8')).space;
  const plain = searchSpace(parseConfig({ space: name }).config, devices('ethos-u65'));
  expect(plain.hash).toBe(hash);
  expect(plain.alignment).toEqual([]);
});

test('the number is taken from the devices, the config goes before the space, and GPUs ask for quads', () => {
  const of = (given: object, ...names: string[]) =>
    searchSpace(parseConfig({ profiles: names, ...given }).config, devices(...names)).spec.align;
  expect(of({ align: 'auto' }, 'mali-g76', 'ethos-u65')).toBe(16);
  expect(of({ align: 'auto' }, 'mali-g76')).toBe(4);
  expect(of({ align: 8 }, 'ethos-u65')).toBe(8);
  expect(of({}, 'ethos-u65')).toBeUndefined();
  expect(() => parseConfig({ align: 'automatic' })).toThrow(/`align`/);
});

test('a run stores what `auto` came to, and resumes in the same space', async () => {
  const given = {
    name: 'aligned',
    align: 'auto',
    profiles: ['ethos-u65'],
    evaluator: { name: 'synthetic' },
    budget: { trials: 4 },
  };
  const notices: string[] = [];
  const { folder } = await search(parseConfig(given), {
    root,
    onEvent: (event) => void (event.type === 'notice' && notices.push(event.text)),
  });
  expect(notices.join(' ')).toMatch(/Widths are multiples of 16/);
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  expect(read('space.json').align).toBe(16);
  expect(read('config.json').align).toBe('auto');
  expect(read('manifest.json').space.align).toBe(16);
  const resumed = await resume(folder, { root, trials: 8 });
  expect(resumed.complete).toBe(8);
  expect(existsSync(join(folder, 'front.json'))).toBe(true);
  for (const { architecture } of resumed.result.front) {
    expect(borders(architecture, 16).broken).toBe(0);
  }
});

test('a search prices aligned networks as their whole graphs, on every kind of device', () => {
  const random = createRandom(5);
  const drawn = Array.from({ length: 6 }, () => space.decode(space.random(random)));
  for (const name of ['mali-g76', 'ethos-u65', 'hexagon-8gen3']) {
    const predictor = createPredictor(loadProfile(name));
    for (const architecture of drawn) {
      expect(predictor.latencyOf(architecture)).toBeCloseTo(predictor.latencyMs(lower(architecture)), 9);
    }
  }
});

test('init offers it where an NPU is chosen, and only there', () => {
  expect(configTemplate({ profiles: ['ethos-u65'] })).toMatch(/faster on ethos-u65 \(16\)\.\n# align: auto/);
  expect(configTemplate({ profiles: ['mali-g76'] })).toMatch(/^# align:$/m);
  expect(configTemplate({ profiles: ['ethos-u65'], align: 'auto' })).toMatch(/^align: auto$/m);
});
