/**
 * How well latency is predicted for networks that were left out of every fit, compared with simpler methods on the same
 * networks, and how fast:
 *   npm run bench:hardware [-- --leave family|tenth|model]... [-- --profile NAME]... [-- --speed]
 *   npm run bench:hardware -- --compilers | --devices [--candidates N]
 *   npm run bench:hardware -- --memory [--stm32 FILE] | --load
 * By default families, then a tenth of the networks at a time; each network alone takes ten times as long.
 * With --compilers only: profiles that follow a compiler, against its own estimates of whole networks. With --devices only: how
 * many candidates a search over ten devices prices a second, which --speed says too. With --load only: what each profile takes to load.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { createRandom, packageRoot, upperMedian } from '../src/base/index.js';
import {
  benchmarkDevice,
  createPredictor,
  loadMeasurements,
  loadProfile,
  profileNames,
} from '../src/hardware/index.js';
import { parseSpace } from '../src/models/index.js';
import { compilerTable } from './hardware/compilers.js';
import { loadTable } from './hardware/load.js';
import { memoryTable } from './hardware/memory.js';
import { deviceSpeeds } from './hardware/devices.js';

const { values } = parseArgs({
  options: {
    leave: { type: 'string', multiple: true },
    profile: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    speed: { type: 'boolean', default: false },
    compilers: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    load: { type: 'boolean', default: false },
    stm32: { type: 'string' },
    devices: { type: 'boolean', default: false },
    candidates: { type: 'string', default: '10000' },
  },
});
if (values.load) {
  console.log(loadTable());
  process.exit();
}
if (values.memory) {
  console.log(memoryTable(values.stm32));
  process.exit();
}
if (values.compilers) {
  console.log(compilerTable());
  process.exit();
}
if (values.devices) {
  console.log(deviceSpeeds(values.seed, Number(values.candidates)).join('\n'));
  process.exit();
}
const ways = ['family', 'tenth', 'model'] as const;
const leaves = ways.filter((way) => (values.leave ?? ['family', 'tenth']).includes(way));
const cold = loadMs(values.profile?.[0] ?? 'adreno-640');
const data = loadMeasurements(join(packageRoot(), 'profiles', 'data', 'mobile-ml-benchmark.json'));
const names = values.profile ?? data.devices;
const what = {
  family: 'families left out',
  tenth: 'models left out, a tenth at a time',
  model: 'models left out one by one',
};

const packaged = (name: string) => join(packageRoot(), 'profiles', `${name}.json`);

const cell = (value: number | undefined, digits: number, width: number) =>
  (value === undefined ? '' : value.toFixed(digits)).padStart(width);

for (const leave of values.speed ? [] : leaves) {
  console.log(`${what[leave]}: mean absolute error in %, % within 10 %, rank correlation, % inside the band`);
  console.log(`${'profile'.padEnd(16)}${'method'.padEnd(18)}  MAPE  <10 %  Spearman  band`);
  for (const name of names) {
    const rows = await benchmarkDevice(data, loadProfile(name), leave);
    for (const { method, mape, within10, spearman, coverage90 } of rows) {
      const figures = `${cell(mape, 2, 6)}${cell(within10, 0, 7)}${cell(spearman, 4, 10)}${cell(coverage90, 0, 6)}`;
      console.log(`${name.padEnd(16)}${method.padEnd(18)}${figures}`);
    }
  }
  console.log('');
}

console.log('kernels hidden from the fit: how many, and the factor either way that holds nine in ten');
for (const name of names) {
  for (const { what: hidden, points, width90 } of loadProfile(name).hidden ?? []) {
    console.log(
      `${name.padEnd(16)}${hidden.padEnd(38)}${String(points).padStart(4)}  x${Math.exp(width90).toFixed(2)}`,
    );
  }
}

/** Distinct random architectures of a space. */
function distinct(space: string, count: number) {
  const text = readFileSync(join(packageRoot(), 'spaces', `${space}.yaml`), 'utf8');
  const { genes, decode } = parseSpace(parse(text), space);
  const random = createRandom(values.seed);
  const drawn = new Map<string, ReturnType<typeof decode>>();
  while (drawn.size < count) {
    const architecture = decode(genes.map((gene) => random.int(gene.values.length)));
    drawn.set(JSON.stringify(architecture), architecture);
  }
  return [...drawn.values()];
}

/** Predictions a second of one core, each time by a new predictor with nothing in its memory. */
function speed(name: string, architectures: ReturnType<typeof distinct>): number {
  const at = { resolution: 224, classes: 1000 };
  const profile = loadProfile(name);
  const rates = [1, 2, 3].map(() => {
    const predictor = createPredictor(profile);
    const started = process.cpuUsage();
    for (const architecture of architectures) predictor.latencyOf(architecture, at);
    const { user, system } = process.cpuUsage(started);
    return architectures.length / ((user + system) / 1e6);
  });
  return upperMedian(rates);
}

/** Milliseconds to read a profile and make its predictor ready. */
function loadMs(name: string): number {
  const started = performance.now();
  createPredictor(loadProfile(name));
  return performance.now() - started;
}

const spaces = ['mixnet-imagenet', 'cifar-small'];
const count = 50_000;
const all = values.profile ?? profileNames().filter((name) => existsSync(packaged(name)));
const drawn = spaces.map((space) => distinct(space, count));
console.log('');
console.log(
  `predictions a second of one core over ${count} distinct random architectures at 224x224, each time from an empty memo (median of 3), and ms to load the profile (median of 9)`,
);
console.log(`${'profile'.padEnd(16)}${spaces.map((space) => space.padStart(17)).join('')}      load`);
for (const name of all) {
  const rates = drawn.map((list) => Math.round(speed(name, list)).toLocaleString('en').padStart(17));
  const load = upperMedian(Array.from({ length: 9 }, () => loadMs(name)));
  console.log(`${name.padEnd(16)}${rates.join('')}${cell(load, 1, 10)}`);
}
console.log(
  `the first profile that this process loaded, before anything was compiled: ${cold.toFixed(1)} ms`,
);
for (const line of ['', ...deviceSpeeds(values.seed)]) console.log(line);
