/**
 * How many candidates a search over ten devices prices a second: each candidate on every device, with its MACs and
 * parameters, as `app/search` does, on one core and from an empty memory.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../src/base/index.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import {
  type Architecture,
  createBlockPlaces,
  createCostCounter,
  parseSpace,
} from '../../src/models/index.js';
import { mixnetSpace } from '../../src/search/index.js';

/** Six GPUs, three NPUs fitted to whole networks, and one whose compiler plans memory. */
const devices = [
  'adreno-616',
  'adreno-640',
  'apple-a10-gpu',
  'apple-a12-gpu',
  'mali-g76',
  'powervr-ge8320',
  'hexagon-8elite',
  'hexagon-8gen2',
  'hexagon-8gen3',
  'ethos-u65',
];
const at = { resolution: 224, classes: 1000 };
const population = 64;

/** What a search prices: random networks first, then mutations of those that it has. */
function candidates(name: string, count: number, bred: boolean, seed: string): Architecture[] {
  const text = readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8');
  const space = mixnetSpace(parseSpace(parse(text), name));
  const random = createRandom(seed);
  const pool = Array.from({ length: bred ? population : count }, () => space.random(random));
  const genomes = bred
    ? Array.from({ length: count }, () => {
        const place = random.int(population);
        const child = space.mutate(pool[place] as (typeof pool)[number], random);
        pool[place] = child;
        return child;
      })
    : pool;
  return genomes.map((genome) => space.decode(genome));
}

/** Candidates a second of processor time. */
function rate(architectures: readonly Architecture[], names: readonly string[]): number {
  const places = createBlockPlaces();
  const predictors = names.map((name) => createPredictor(loadProfile(name), places));
  const count = createCostCounter(places);
  const started = process.cpuUsage();
  for (const architecture of architectures) {
    for (const predictor of predictors) predictor.latencyOf(architecture, at);
    count(architecture, at);
  }
  const { user, system } = process.cpuUsage(started);
  return architectures.length / ((user + system) / 1e6);
}

/** Lines that say it. */
export function deviceSpeeds(seed: string, count = 10_000): string[] {
  const whole = (value: number) => Math.round(value).toLocaleString('en').padStart(9);
  const kernels = devices.filter((name) => name !== 'ethos-u65');
  const lines = ['mixnet-imagenet', 'cifar-small'].flatMap((space) =>
    [false, true].map((bred) => {
      const drawn = candidates(space, count, bred, seed);
      const all = rate(drawn, devices);
      const figures = [all, all * devices.length, rate(drawn, kernels), rate(drawn, ['ethos-u65'])];
      return `${space.padEnd(17)}${(bred ? 'mutations' : 'random').padEnd(11)}${figures.map(whole).join('')}`;
    }),
  );
  return [
    `candidates a second of one core, ${count} of each, on ${devices.length} devices: ${devices.join(', ')}`,
    `${''.padEnd(28)}      all    prices    9 else    ethos`,
    ...lines,
  ];
}
