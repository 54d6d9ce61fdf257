/**
 * How well latency is predicted for networks that were left out of every fit, beside simpler methods on the same
 * networks, and how fast:
 *   npm run bench:hardware [-- --leave family|tenth|model]... [-- --profile NAME]... [-- --speed]
 * By default families, then a tenth of the networks at a time; each network alone takes ten times as long.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../src/base/index.js';
import { benchmarkDevice, createPredictor, loadMeasurements, loadProfile } from '../src/hardware/index.js';
import { parseSpace } from '../src/models/index.js';

const { values } = parseArgs({
  options: {
    leave: { type: 'string', multiple: true },
    profile: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    speed: { type: 'boolean', default: false },
  },
});
const ways = ['family', 'tenth', 'model'] as const;
const leaves = ways.filter((way) => (values.leave ?? ['family', 'tenth']).includes(way));
const data = loadMeasurements(join(packageRoot(), 'profiles', 'data', 'mobile-ml-benchmark.json'));
const names = values.profile ?? data.devices;
const what = {
  family: 'families left out',
  tenth: 'models left out, a tenth at a time',
  model: 'models left out one by one',
};

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

/** Distinct random architectures of a space, priced one after another by a new predictor. */
function speed(space: string, count: number): string {
  const text = readFileSync(join(packageRoot(), 'spaces', `${space}.yaml`), 'utf8');
  const { genes, decode } = parseSpace(parse(text), space);
  const random = createRandom(values.seed);
  const draw = () => decode(genes.map((gene) => random.int(gene.values.length)));
  const seen = new Set<string>();
  const architectures: ReturnType<typeof draw>[] = [];
  while (architectures.length < count) {
    const architecture = draw();
    const key = JSON.stringify(architecture);
    if (!seen.has(key)) architectures.push(architecture);
    seen.add(key);
  }
  const at = { resolution: 224, classes: 1000 };
  const profile = loadProfile(names[0] as string);
  const rates = [1, 2, 3].map(() => {
    const predictor = createPredictor(profile);
    const started = process.cpuUsage();
    for (const architecture of architectures) predictor.latencyOf(architecture, at);
    const { user, system } = process.cpuUsage(started);
    return count / ((user + system) / 1e6);
  });
  const rate = rates.sort((a, b) => a - b)[1] as number;
  return `${space}: ${Math.round(rate).toLocaleString('en')} predictions a second of one core (${count} distinct random architectures on ${names[0]}, each time from an empty memo; median of 3)`;
}
console.log('');
console.log(speed('mixnet-imagenet', 50_000));
console.log(speed('cifar-small', 50_000));
const times = names.map((name) => {
  const started = performance.now();
  createPredictor(loadProfile(name));
  return performance.now() - started;
});
console.log(
  `loading a profile: ${(times.reduce((a, b) => a + b, 0) / times.length).toFixed(1)} ms, at most ${Math.max(...times).toFixed(1)} ms`,
);
