/**
 * How many candidates a search over ten devices prices a second: each candidate on every device, with its MACs and
 * parameters, as `app/search` does, on one core and from an empty memory; and how many in the second half, when most parts are
 * known.
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

/** Six GPUs and three NPUs, priced kernel by kernel. */
const nine = [
  'adreno-616',
  'adreno-640',
  'apple-a10-gpu',
  'apple-a12-gpu',
  'mali-g76',
  'powervr-ge8320',
  'hexagon-8elite',
  'hexagon-8gen2',
  'hexagon-8gen3',
];
/** With a CPU; or with an NPU whose compiler plans the memory of the whole network. */
const [withCpu, withPlan] = [
  [...nine, 'pixel4-cpu-big-1t-float'],
  [...nine, 'ethos-u65'],
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

/** Candidates a second of processor time: of all, and of the second half. */
function rates(architectures: readonly Architecture[], names: readonly string[]): [number, number] {
  const places = createBlockPlaces();
  const predictors = names.map((name) => createPredictor(loadProfile(name), places));
  const count = createCostCounter(places);
  const half = architectures.length / 2;
  const [first, second] = [architectures.slice(0, half), architectures.slice(half)].map((list) => {
    const started = process.cpuUsage();
    for (const architecture of list) {
      for (const predictor of predictors) predictor.latencyOf(architecture, at);
      count(architecture, at);
    }
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6;
  }) as [number, number];
  return [architectures.length / (first + second), half / second];
}

/** Lines that say it. */
export function deviceSpeeds(seed: string, count = 10_000): string[] {
  const whole = (value: number) => Math.round(value).toLocaleString('en').padStart(9);
  const lines = ['mixnet-imagenet', 'cifar-small'].flatMap((space) =>
    [false, true].map((bred) => {
      const drawn = candidates(space, count, bred, seed);
      const [[cpu, cpuLater], [plan, planLater]] = [rates(drawn, withCpu), rates(drawn, withPlan)];
      const figures = [cpu, cpuLater, 10 * cpu, plan, planLater, 10 * plan];
      return `${space.padEnd(17)}${(bred ? 'mutations' : 'random').padEnd(11)}${figures.map(whole).join('')}`;
    }),
  );
  return [
    `candidates a second of one core, ${count} of each, on ten devices: ${nine.join(', ')} and pixel4-cpu-big-1t-float, or ethos-u65`,
    `${''.padEnd(28)}  ten, of which a CPU           ten, of which Ethos-U65`,
    `${''.padEnd(28)}      all 2nd half   prices      all 2nd half   prices`,
    ...lines,
  ];
}
