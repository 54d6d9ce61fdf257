import { expect, test } from 'vitest';
import { lower, referenceArchitecture } from '../models/index.js';
import { loadProfile } from './load.js';
import { createPredictor } from './predictor.js';

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
