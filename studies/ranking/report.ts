/** The ranking study as a page. */
import { kendall } from '../../src/base/index.js';
import { type ProxyName, type ProxyScores, ensembleStanding, proxyNames } from '../../src/training/index.js';
import { type Interval, bootstrap } from '../shared/statistics.js';
import { type Plan, bandMacs, calibration } from './plan.js';

/** All that is known of one network. */
export interface Measured {
  readonly set: 'space' | 'band';
  /** Test accuracy, trained alone. */
  readonly accuracy: number;
  /** Validation accuracy with the supernet's weights. */
  readonly supernet: number;
  readonly proxies: ProxyScores;
}

interface Context {
  readonly plan: Plan;
  /** Processor seconds. */
  readonly seconds: { readonly supernet: number; readonly alone: number };
  readonly command: string;
}

const round = (value: number) => value.toFixed(2);
const percent = (value: number) => (100 * value).toFixed(1);
const interval = ({ value, low, high }: Interval) => `${round(value)} [${round(low)}, ${round(high)}]`;
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Every score by name, for the networks of one set. */
function scoresOf(networks: readonly Measured[]): Map<string, number[]> {
  const others = networks.map(({ proxies }) => proxies);
  const own = (name: ProxyName) => others.map((proxies) => proxies[name] ?? Number.NEGATIVE_INFINITY);
  return new Map<string, number[]>([
    ['supernet', networks.map(({ supernet }) => supernet)],
    ...proxyNames.map((name): [string, number[]] => [name, own(name)]),
    ['ensemble of all proxies', others.map((proxies) => ensembleStanding(proxies, others, proxyNames))],
  ]);
}

const pick = (values: readonly number[], indices: readonly number[]) =>
  indices.map((i) => values[i] as number);

function tausOf(networks: readonly Measured[]) {
  const truth = networks.map(({ accuracy }) => accuracy);
  const scores = scoresOf(networks);
  // A resample in which all are equal says nothing and is left out.
  const tauOf = (values: readonly number[], indices: readonly number[]) =>
    kendall(pick(values, indices), pick(truth, indices)) ?? Number.NaN;
  const supernet = scores.get('supernet') as number[];
  return [...scores].map(([name, values]) => ({
    name,
    tau: bootstrap(networks.length, (i) => tauOf(values, i)),
    behind:
      name === 'supernet'
        ? undefined
        : bootstrap(networks.length, (i) => tauOf(supernet, i) - tauOf(values, i)),
  }));
}

export function rankingReport(networks: readonly Measured[], { plan, seconds, command }: Context): string {
  const sets = {
    space: networks.filter(({ set }) => set === 'space'),
    band: networks.filter(({ set }) => set === 'band'),
  };
  const taus = { space: tausOf(sets.space), band: tausOf(sets.band) };
  const spread = (set: readonly Measured[]) => {
    const values = set.map(({ accuracy }) => accuracy);
    return `${percent(Math.min(...values))} to ${percent(Math.max(...values))} %`;
  };
  const { alone, supernet, validation } = plan;
  return `# Does the supernet rank networks as training each alone does?

\`${command}\`

- Space \`cifar-small\`, CIFAR-10, ${50_000 - validation} images to train on, ${validation} to score on.
- Truth: test accuracy (10,000 images) of each network trained alone, ${alone.steps} steps of ${alone.batchSize} images, the
  moving average of its weights (${alone.averaging}), one seed. 24 networks by seed 1: ${spread(sets.space)}. 16 networks by seed 2
  from ${bandMacs[0] / 1e6} to ${bandMacs[1] / 1e6} MMACs at 32x32: ${spread(sets.band)}.
- Supernet: ${supernet.steps} steps of ${supernet.passes} passes of ${supernet.batchSize} images, ${supernet.sampling} sampling; batch statistics from
  ${calibration} images for each network.
- ${Math.round(seconds.supernet / 60)} minutes of one core for the supernet, ${Math.round(seconds.alone / 60)} for the 40 networks alone.

Kendall's tau-b with the truth, and in brackets the middle 95 % of 10,000 bootstrap resamples of the networks. The
second column of a set is the supernet's tau less the score's, resampled in pairs.

| score | 24 of the space | supernet is ahead by | 16 of the band | supernet is ahead by |
| --- | --- | --- | --- | --- |
${taus.space
  .map(({ name, tau, behind }, i) => {
    const band = taus.band[i] as (typeof taus.band)[number];
    return row([
      name,
      interval(tau),
      behind ? interval(behind) : '',
      interval(band.tau),
      band.behind ? interval(band.behind) : '',
    ]);
  })
  .join('\n')}

## The networks
In percent; MACs at 32x32.

| set | alone, test | supernet score | MMACs | thousand parameters |
| --- | --- | --- | --- | --- |
${networks
  .toSorted((a, b) => a.set.localeCompare(b.set) * -1 || b.accuracy - a.accuracy)
  .map(({ set, accuracy, supernet: score, proxies }) =>
    row([
      set,
      percent(accuracy),
      percent(score),
      ((proxies.macs ?? 0) / 1e6).toFixed(2),
      ((proxies.params ?? 0) / 1e3).toFixed(0),
    ]),
  )
  .join('\n')}
`;
}
