/**
 * How well latency is predicted for networks that were left out of every fit, beside simpler methods, and how
 * fast: `npm run bench:hardware [-- --leave model] [-- --profile NAME]`. By family takes minutes, by model
 * ten times as long.
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
    leave: { type: 'string', default: 'family' },
    profile: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
  },
});
const leave = values.leave === 'model' ? 'model' : 'family';
const data = loadMeasurements(join(packageRoot(), 'profiles', 'data', 'mobile-ml-benchmark.json'));
const names = values.profile ?? data.devices;

const cell = (value: number | undefined, digits: number, width: number) =>
  (value === undefined ? '' : value.toFixed(digits)).padStart(width);

console.log(
  `Networks left out by ${leave}: mean absolute error in %, % within 10 %, rank correlation, % in the band`,
);
console.log(`${'profile'.padEnd(16)}${'method'.padEnd(18)}  MAPE  <10 %  Spearman  band`);
for (const name of names) {
  for (const { method, mape, within10, spearman, coverage90 } of await benchmarkDevice(
    data,
    loadProfile(name),
    leave,
  )) {
    const figures = `${cell(mape, 2, 6)}${cell(within10, 0, 7)}${cell(spearman, 4, 10)}${cell(coverage90, 0, 6)}`;
    console.log(`${name.padEnd(16)}${method.padEnd(18)}${figures}`);
  }
}

/** Distinct random architectures of a space, priced one after another by a new predictor. */
function speed(space: string, count: number): string {
  const text = readFileSync(join(packageRoot(), 'spaces', `${space}.yaml`), 'utf8');
  const { genes, decode } = parseSpace(parse(text), space);
  const random = createRandom(values.seed);
  const draw = () => decode(genes.map((gene) => random.int(gene.values.length)));
  const architectures = Array.from({ length: count }, draw);
  const at = { resolution: 224, classes: 1000 };
  const predictor = createPredictor(loadProfile(names[0] as string));
  const started = process.cpuUsage();
  for (const architecture of architectures) predictor.latencyOf(architecture, at);
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  return `${space}: ${Math.round(count / seconds).toLocaleString('en')} predictions a second of one core (${count} distinct random architectures, from cold)`;
}
console.log(speed('mixnet-imagenet', 50_000));
console.log(speed('cifar-small', 50_000));
const started = performance.now();
for (const name of names) createPredictor(loadProfile(name));
console.log(`loading a profile: ${((performance.now() - started) / names.length).toFixed(1)} ms`);
