/** MixNet spaces with a stand-in for accuracy: costs are priced, accuracy follows rules of thumb. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../src/base/index.js';
import {
  type Architecture,
  architectureHash,
  countCost,
  lower,
  parseSpace,
  mixBlocksOf,
} from '../../src/models/index.js';
import { createPredictor, loadProfile } from '../../src/hardware/index.js';
import { type Space, mixnetSpace } from '../../src/search/index.js';
import type { Problem } from './problem.js';

/**
 * An accuracy as small networks tend to have it: it grows with the logarithm of parameters and MACs,
 * gains from mixed and large kernels with diminishing return, from depth and squeeze-and-excitation, loses
 * by grouped 1x1 convolutions, and is off by a fixed 0.2 % that nothing explains.
 */
export function surrogateAccuracy(arch: Architecture): number {
  const { macs, params } = countCost(lower(arch));
  let bonus = 0;
  mixBlocksOf(arch).forEach((block, i) => {
    const reach = block.kernels.map((k, j) => (k - 1) * (block.dilations?.[j] ?? 1) + 1);
    const mean = reach.reduce((a, b) => a + b, 0) / reach.length;
    const wanted = 3 + (6 * i) / arch.blocks.length;
    bonus -= 0.02 * Math.abs(Math.log(mean / wanted));
    bonus += 0.012 * Math.log2(block.kernels.length) + 0.02 * Math.min(block.seRatio, 0.25) * 4;
    bonus -= 0.006 * Math.log2(block.expandGroups * block.projectGroups);
    bonus += block.activation === 'swish' ? 0.004 : 0;
  });
  const capacity = 0.45 * Math.log10(macs / 1e5) + 0.35 * Math.log10(params / 1e4);
  const noise = 0.002 * createRandom(architectureHash(arch)).normal();
  return 0.96 - 0.5 * Math.exp(-capacity - bonus - 0.2) + noise;
}

type Point = { readonly architecture: unknown };

interface MixnetOptions {
  /** The space `spaces/<space>.yaml`. */
  readonly space: string;
  /** Costs next to accuracy, known before an evaluation: MACs, or predicted latencies by profile. */
  readonly costs: readonly string[];
  /** A limit on the first cost. */
  readonly max: number;
}

const mixnets: Readonly<Record<string, MixnetOptions>> = {
  mixnets: { space: 'cifar-small', costs: ['macs'], max: 20_000_000 },
  'mixnets-devices': { space: 'mixnet-imagenet', costs: ['mali-g76', 'adreno-640'], max: 15 },
};

/** The best fronts known, by `known-fronts.ts`: reference costs and hypervolume. */
const knownFronts: Readonly<
  Record<string, { readonly reference: readonly number[]; readonly best: number }>
> = JSON.parse(readFileSync(new URL('known-fronts.json', import.meta.url), 'utf8'));

/** A problem without its best front. */
export function mixnetTask(name: string) {
  const { space: file, costs, max } = mixnets[name] as MixnetOptions;
  const models = parseSpace(parse(readFileSync(join(packageRoot(), 'spaces', `${file}.yaml`), 'utf8')));
  const predictors = costs.map((cost) => (cost === 'macs' ? undefined : createPredictor(loadProfile(cost))));
  const price = ({ architecture }: Point) => {
    const graph = lower(architecture as Architecture);
    return Object.fromEntries(
      costs.map((cost, i) => [cost, predictors[i]?.latencyMs(graph) ?? countCost(graph).macs]),
    );
  };
  return {
    name,
    space: mixnetSpace(models) as Space<unknown>,
    objectives: [
      { name: 'accuracy', direction: 'maximize' as const },
      ...costs.map((cost) => ({ name: cost, direction: 'minimize' as const })),
    ],
    constraints: [{ metric: costs[0] as string, max }],
    price,
    evaluate: (point: Point) => ({
      accuracy: surrogateAccuracy(point.architecture as Architecture),
      ...price(point),
    }),
  };
}

/** MixNet spaces up to a limit; the best front known is that of long searches. */
export const mixnetProblems: Readonly<Record<string, (name: string) => Problem>> = Object.fromEntries(
  Object.keys(mixnets).map((name) => [
    name,
    () => {
      const known = knownFronts[name];
      if (!known) throw new Error(`${name} has no known front: run bench/search/known-fronts.ts`);
      return { ...mixnetTask(name), ...known };
    },
  ]),
);
