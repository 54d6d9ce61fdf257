/** The ranking study as a page. */
import { kendall } from '../../src/base/index.js';
import {
  type ProxyName,
  type ProxyScores,
  azNasStanding,
  defaultProxies,
  ensembleStanding,
  proxyNames,
} from '../../src/training/index.js';
import { type Interval, bootstrap } from '../shared/statistics.js';
import { type Ceiling, ceilingOf } from './ceiling.js';
import { type Plan, bandMacs, calibration } from './plan.js';

/** All that is known of one network. */
export interface Measured {
  readonly set: 'space' | 'band';
  /** Test accuracy, trained alone, by seed. */
  readonly accuracies: readonly number[];
  /** Validation accuracy with the supernet's weights. */
  readonly supernet: number;
  readonly proxies: ProxyScores;
  /** The largest stride of a block whose only depthwise kernel is 1x1. */
  readonly loneStride: number | undefined;
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

const truthOf = ({ accuracies }: Measured) =>
  accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;

const azNasRow = (networks: readonly ProxyScores[]): [string, number[]] => [
  'AZ-NAS: these three and macs',
  networks.map((proxies) => azNasStanding(proxies, networks)),
];

/** Every score by name, for the networks of one set. */
function scoresOf(networks: readonly Measured[]): Map<string, number[]> {
  const others = networks.map(({ proxies }) => proxies);
  const own = (name: ProxyName) => others.map((proxies) => proxies[name] ?? Number.NEGATIVE_INFINITY);
  const has = (name: ProxyName) => others.every((proxies) => proxies[name] !== undefined);
  return new Map<string, number[]>([
    ['supernet', networks.map(({ supernet }) => supernet)],
    ...proxyNames.filter(has).map((name): [string, number[]] => [name, own(name)]),
    ...(has('azExpressivity') ? [azNasRow(others)] : []),
    [
      'ensemble of params to zico',
      others.map((proxies) => ensembleStanding(proxies, others, defaultProxies)),
    ],
  ]);
}

const pick = (values: readonly number[], indices: readonly number[]) =>
  indices.map((i) => values[i] as number);

function tausOf(networks: readonly Measured[]) {
  const truth = networks.map(truthOf);
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

const mostText = (ceiling: Ceiling | undefined) => (ceiling ? round(ceiling.tau) : '');

/** What noise in the truth leaves to a perfect score. */
function ceilingText({
  space,
  band,
}: {
  readonly space: Ceiling | undefined;
  readonly band: Ceiling | undefined;
}) {
  if (!space || !band)
    return '- What a perfect score could reach is known once networks have a second seed.\n';
  return `- Between seeds the accuracy of a network deviates by ${(100 * space.deviation).toFixed(2)} points (${space.freedom} degrees of freedom). A perfect
  score would reach a tau of ${round(space.tau)} on the space and ${round(band.tau)} in the band on average: \`at most\`.
`;
}

/** The networks whose supernet scores are furthest below the truth, and what they have in common. */
function commonText(networks: readonly Measured[]): string {
  const lone = networks.filter(({ loneStride }) => loneStride === 2);
  const beside = networks.filter(({ loneStride }) => loneStride === 1);
  const others = networks.filter(({ loneStride }) => loneStride === undefined);
  const gaps = (set: readonly Measured[]) => {
    const values = set.map((network) => network.supernet - truthOf(network));
    return `${percent(Math.min(...values))} to ${percent(Math.max(...values))} points (${set.length} networks)`;
  };
  if (lone.length === 0 || beside.length === 0 || others.length === 0) return '';
  const tau = (name: Measured['set']) => {
    const set = networks.filter((one) => one.set === name && one.loneStride !== 2);
    const found = kendall(
      set.map(({ supernet }) => supernet),
      set.map(truthOf),
    );
    return found === undefined ? 'undefined' : round(found);
  };
  return `
## Where the supernet is far off
Networks with a block of stride 2 whose only depthwise kernel is 1x1: it keeps every fourth pixel and looks at no other.
Supernet score less accuracy alone:

- lone 1x1 at stride 2: ${gaps(lone)};
- lone 1x1 at stride 1 only: ${gaps(beside)};
- neither: ${gaps(others)}.

So it is not the 1x1 kernel as such. It is not rare sampling either: with \`sandwich\`, the smallest subnet of each step consists
of such blocks. What is left is that the layers before the block are shared: alone they can learn to gather what the
dropped pixels hold, in the supernet they serve kernels that look at the neighbours (not shown by an experiment). These networks
are also the worst alone, so their order is right: without them tau is ${tau('space')} on the space and ${tau('band')} in the band.
`;
}

export function rankingReport(networks: readonly Measured[], { plan, seconds, command }: Context): string {
  const sets = {
    space: networks.filter(({ set }) => set === 'space'),
    band: networks.filter(({ set }) => set === 'band'),
  };
  const taus = { space: tausOf(sets.space), band: tausOf(sets.band) };
  const spread = (set: readonly Measured[]) => {
    const values = set.map(truthOf);
    return `${percent(Math.min(...values))} to ${percent(Math.max(...values))} %`;
  };
  const { alone, supernet, validation } = plan;
  const accuracies = networks.map((network) => network.accuracies);
  const most = Math.max(...accuracies.map(({ length }) => length));
  const whole = accuracies.filter(({ length }) => length === most).length;
  const seedText =
    most === 1 ? 'one seed' : `the mean of ${most} seeds (${whole} of ${networks.length} networks have all)`;
  const ceilings = {
    space: ceilingOf(
      sets.space.map((network) => network.accuracies),
      accuracies,
    ),
    band: ceilingOf(
      sets.band.map((network) => network.accuracies),
      accuracies,
    ),
  };
  return `# Does the supernet rank networks as training each alone does?

\`${command}\`

- Space \`cifar-small\`, CIFAR-10, ${50_000 - validation} images to train on, ${validation} to score on.
- Truth: test accuracy (10,000 images) of each network trained alone, ${alone.steps} steps of ${alone.batchSize} images, the
  moving average of its weights (${alone.averaging}), ${seedText}. 24 networks by seed 1: ${spread(sets.space)}. 16 networks by seed 2
  from ${bandMacs[0] / 1e6} to ${bandMacs[1] / 1e6} MMACs at 32x32: ${spread(sets.band)}.
- Supernet: ${supernet.steps} steps of ${supernet.passes} passes of ${supernet.batchSize} images, ${supernet.sampling} sampling; batch statistics from
  ${calibration} images for each network.
- ${Math.round(seconds.supernet / 60)} minutes of one core for the supernet, ${Math.round(seconds.alone / 60)} for the ${networks.length} networks alone.
${ceilingText(ceilings)}
Kendall's tau-b with the truth, and in brackets the middle 95 % of 10,000 bootstrap resamples of the networks. The
second column of a set is the supernet's tau less the score's, resampled in pairs.

| score | 24 of the space | at most | supernet is ahead by | 16 of the band | at most | supernet is ahead by |
| --- | --- | --- | --- | --- | --- | --- |
${taus.space
  .map(({ name, tau, behind }, i) => {
    const band = taus.band[i] as (typeof taus.band)[number];
    return row([
      name,
      interval(tau),
      mostText(ceilings.space),
      behind ? interval(behind) : '',
      interval(band.tau),
      mostText(ceilings.band),
      band.behind ? interval(band.behind) : '',
    ]);
  })
  .join('\n')}

${commonText(networks)}
## The networks
In percent; MACs at 32x32.

| set | alone, test | supernet score | MMACs | thousand parameters |
| --- | --- | --- | --- | --- |
${networks
  .toSorted((a, b) => a.set.localeCompare(b.set) * -1 || truthOf(b) - truthOf(a))
  .map(({ set, accuracies: own, supernet: score, proxies, loneStride }) =>
    row([
      loneStride === 2 ? `${set}, lone 1x1 at stride 2` : set,
      own.map(percent).join(', '),
      percent(score),
      ((proxies.macs ?? 0) / 1e6).toFixed(2),
      ((proxies.params ?? 0) / 1e3).toFixed(0),
    ]),
  )
  .join('\n')}
`;
}
