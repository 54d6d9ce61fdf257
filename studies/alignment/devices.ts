/** What borders at multiples do to the predicted latency of random networks, by space and device. */
import { createPredictor, loadProfile, profileNames } from '../../src/hardware/index.js';
import { type Architecture, countCost, lower, withAlign } from '../../src/models/index.js';
import { multiple, networksOf, spaceOf } from './plan.js';

const at = { resolution: 224, classes: 1000 };
const spaces = ['mixnet-imagenet', 'cifar-small', 'cifar-mobile'];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (ratio: number) => `${ratio >= 1 ? '+' : ''}${(100 * (ratio - 1)).toFixed(2)}`;

/** Latency with borders at multiples over latency without, as `mean (5 % to 95 %)`. */
function change(networks: readonly Architecture[], latency: (architecture: Architecture) => number): string {
  const ratios = networks.map((plain) => latency(withAlign(plain, multiple)) / latency(plain));
  const sorted = ratios.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [low, high] = [at(0.05), at(0.95)];
  return `${percent(mean(ratios))} (${percent(low)} to ${percent(high)})`;
}

/** The table of the report. */
export function deviceTable(count: number): string {
  const drawn = spaces.map((name) => networksOf(spaceOf(name), count));
  const row = (name: string, latency: (architecture: Architecture) => number) =>
    `| ${name} | ${drawn.map((networks) => change(networks, latency)).join(' | ')} |`;
  return [
    `| device | ${spaces.map((space) => `\`${space}\``).join(' | ')} |`,
    `|${' --- |'.repeat(spaces.length + 1)}`,
    ...profileNames().map((name) => {
      const predictor = createPredictor(loadProfile(name));
      return row(`\`${name}\``, (architecture) => predictor.latencyOf(architecture, at));
    }),
    row('multiplications', (architecture) => countCost(lower(architecture, at)).macs),
    row('parameters', (architecture) => countCost(lower(architecture, at)).params),
  ].join('\n');
}
