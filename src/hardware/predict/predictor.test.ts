import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../base/index.js';
import {
  countCost,
  createBlockPlaces,
  createCostCounter,
  lower,
  parseSpace,
  referenceArchitecture,
} from '../../models/index.js';
import { loadProfile } from '../profile/load.js';
import { createPredictor } from './predictor.js';
import { createPricer } from './price.js';

const profiles = ['mali-g76', 'adreno-640', 'ethos-u65'];
const graph = (name: string, resolution = 224) => lower(referenceArchitecture(name), { resolution });

test.each(profiles)('%s: kernels and overhead add up to the latency, inside its band', (name) => {
  const predictor = createPredictor(loadProfile(name));
  for (const model of ['mixnet-s', 'mixnet-m', 'mixnet-l']) {
    const { kernels, overheadUs, latencyMs, lowMs, highMs } = predictor.predict(graph(model));
    const sum = kernels.reduce((total, k) => total + k.latencyUs, overheadUs);
    expect(sum / 1000).toBeCloseTo(latencyMs, 9);
    expect(lowMs).toBeLessThan(latencyMs);
    expect(highMs).toBeGreaterThan(latencyMs);
    expect(overheadUs).toBeGreaterThanOrEqual(0);
  }
});

test.each(profiles)('%s: the fast path gives the latency of the full prediction', (name) => {
  const predictor = createPredictor(loadProfile(name));
  for (const resolution of [32, 224, 480]) {
    const g = graph('mixnet-m', resolution);
    expect(predictor.latencyMs(g)).toBe(predictor.predict(g).latencyMs);
    expect(predictor.latencyMs(g)).toBe(predictor.predict(g).latencyMs);
  }
});

test.each(profiles)('%s: a larger MixNet or a larger image takes longer', (name) => {
  const predictor = createPredictor(loadProfile(name));
  const ms = (model: string, resolution?: number) => predictor.latencyMs(graph(model, resolution));
  expect(ms('mixnet-s')).toBeLessThan(ms('mixnet-m'));
  expect(ms('mixnet-m')).toBeLessThan(ms('mixnet-l'));
  expect(ms('mixnet-m')).toBeLessThan(ms('mixnet-m', 480));
});

test('kernels that the table holds are marked measured on GPUs and simulated on the NPU', () => {
  const sources = (name: string) =>
    new Set(
      createPredictor(loadProfile(name))
        .predict(graph('mixnet-m'))
        .kernels.map((k) => k.source),
    );
  expect(sources('mali-g76').has('measured')).toBe(true);
  expect(sources('ethos-u65').has('simulated')).toBe(true);
  expect(sources('ethos-u65').has('measured')).toBe(false);
});

test.each(['cifar-small', 'mixnet-imagenet'])(
  '%s: block by block, latencies on several devices and counts are those of the whole graph',
  (name) => {
    const text = readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8');
    const space = parseSpace(parse(text), name);
    const random = createRandom(1);
    const places = createBlockPlaces();
    const predictors = profiles.map((profile) => createPredictor(loadProfile(profile), places));
    const count = createCostCounter(places);
    for (let i = 0; i < 40; i++) {
      const architecture = space.decode(space.genes.map((gene) => random.int(gene.values.length)));
      const at = { resolution: random.pick([32, 224]), classes: 1000 };
      const graph = lower(architecture, at);
      for (let met = 0; met < 2; met++) {
        for (const { latencyMs, latencyOf } of predictors) {
          expect(latencyOf(architecture, at)).toBeCloseTo(latencyMs(graph), 9);
        }
        expect(count(architecture, at)).toEqual(countCost(graph));
      }
    }
  },
);

const spaces = readdirSync(join(packageRoot(), 'spaces'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

test.each(spaces)('%s: what is remembered changes no latency and no count, to the last bit', (name) => {
  const text = readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8');
  const space = parseSpace(parse(text), name);
  const random = createRandom(3);
  const devices = ['mali-g76', 'hexagon-8gen3', 'pixel4-cpu-big-1t-int8', 'ethos-u65'].map(loadProfile);
  const places = createBlockPlaces();
  const remembering = devices.map((profile) => createPredictor(profile, places));
  const count = createCostCounter(places);
  const draw = () => space.decode(space.random(random));
  const at = { resolution: 96, classes: 100 };
  for (let i = 0; i < 100; i++) for (const { latencyOf } of remembering) latencyOf(draw(), at);
  for (let i = 0; i < 8; i++) {
    const architecture = draw();
    const fresh = devices.map((profile) => createPredictor(profile).latencyOf(architecture, at));
    expect(remembering.map(({ latencyOf }) => latencyOf(architecture, at))).toEqual(fresh);
    expect(count(architecture, at)).toEqual(countCost(lower(architecture, at)));
  }
});

test('what the fit has seen is surrounded by data even where its table entries are not used', () => {
  const profile = loadProfile('adreno-640');
  const kernel = {
    size: 28,
    input: 120,
    output: 120,
    kernel: 5,
    stride: 1,
    dilation: 1,
    groups: 1,
    fused: 0,
  };
  const blind = createPricer(profile, new Set(profile.table.models));
  const known = createPricer(profile).price({ op: 'depthwise', ...kernel });
  expect(known).toMatchObject({ source: 'measured', unmeasured: false });
  const fitted = blind.price({ op: 'depthwise', ...kernel });
  expect(fitted).toMatchObject({ source: 'interpolated', unmeasured: false });
  expect(fitted.us).not.toBe(known.us);
  expect(blind.price({ op: 'depthwise', ...kernel, kernel: 9 }).unmeasured).toBe(true);
});
