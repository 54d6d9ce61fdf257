/** Which networks to measure: drawn from search spaces by a seed. */
import { type Random, shortHash } from '../base/index.js';
import {
  type Kernel,
  type MappingRules,
  kernelKey,
  kernelMacs,
  kernelReads,
  kernelWrites,
  mapKernels,
} from '../hardware/index.js';
import {
  type Architecture,
  type LayerGraph,
  type MixnetSpace,
  architectureHash,
  lower,
} from '../models/index.js';

/** A graph to time, under a name of its own. */
export interface PlannedGraph {
  readonly name: string;
  /** Made when it is needed: a plan holds hundreds. */
  readonly graph: () => LayerGraph;
  /** Of the seconds that a network is timed for. Default: all. */
  readonly share?: number;
}

export interface PlannedNetwork {
  readonly name: string;
  readonly architecture: Architecture;
  readonly resolution: number;
  readonly classes: number;
}

export interface PlanOptions {
  /** How many networks, over all spaces and resolutions together. */
  readonly count: number;
  /** Input sizes; each space is measured at its own and at each of these. */
  readonly resolutions: readonly number[];
  readonly random: Random;
  /** Names of networks not to take: for validation, those that a profile was fitted from. */
  readonly without?: ReadonlySet<string>;
}

interface Setting {
  readonly space: MixnetSpace;
  readonly resolution: number;
}

function settingsOf(spaces: readonly MixnetSpace[], resolutions: readonly number[]): Setting[] {
  return spaces.flatMap((space) =>
    [...new Set([space.source.resolution, ...resolutions])].map((resolution) => ({ space, resolution })),
  );
}

function planned({ space, resolution }: Setting, architecture: Architecture): PlannedNetwork {
  const name = `${space.name}-${architectureHash(architecture).slice(0, 8)}@${resolution}`;
  const { classes } = architecture;
  return { name, architecture, resolution, classes };
}

/** Draws without replacement and without `seen`; gives up when a space seems to hold no more. */
function* draws(setting: Setting, random: Random, seen: Set<string>): Generator<PlannedNetwork> {
  for (let misses = 0; misses < 200; misses++) {
    const network = planned(setting, setting.space.decode(setting.space.random(random)));
    if (seen.has(network.name)) continue;
    seen.add(network.name);
    misses = 0;
    yield network;
  }
}

/** The items of several sources in turn, at most `count`. */
function inTurn<T>(sources: readonly Iterator<T>[], count: number): T[] {
  const taken: T[] = [];
  let open = [...sources];
  while (open.length > 0 && taken.length < count) {
    open = open.filter((source) => {
      if (taken.length >= count) return false;
      const { done, value } = source.next();
      if (done !== true) taken.push(value);
      return done !== true;
    });
  }
  return taken;
}

/** Uniform members of each space and size in turn: what a profile is judged on. */
export function drawNetworks(spaces: readonly MixnetSpace[], options: PlanOptions): PlannedNetwork[] {
  const seen = new Set(options.without);
  const sources = settingsOf(spaces, options.resolutions).map((s) => draws(s, options.random, seen));
  return inTurn(sources, options.count);
}

/** Members that are looked at for each space and size, of which those to measure are chosen. */
const candidates = 1000;

/** A rough µs of a device kernel on a core, so that kernels count by what they matter. */
export const roughUs = (kernel: Kernel) =>
  1 + kernelMacs(kernel) / 4e4 + (kernelReads(kernel) + kernelWrites(kernel)) / 4e3;

/** Networks in the order in which each adds most to the device kernels that the ones before it hold. */
function* byCoverage(networks: readonly PlannedNetwork[], rules: MappingRules): Generator<PlannedNetwork> {
  /** What all candidates together spend in each device kernel that is not covered yet. */
  const open = new Map<string, number>();
  const left = new Set(
    networks.map((network) => {
      const keys = new Set<string>();
      for (const kernel of mapKernels(planGraph(network), rules)) {
        const key = kernelKey(kernel);
        keys.add(key);
        open.set(key, (open.get(key) ?? 0) + roughUs(kernel));
      }
      return { network, keys: [...keys] };
    }),
  );
  const gainOf = (keys: readonly string[]) => keys.reduce((sum, key) => sum + (open.get(key) ?? 0), 0);
  while (left.size > 0) {
    const best = [...left].reduce((a, b) => (gainOf(b.keys) > gainOf(a.keys) ? b : a));
    for (const key of best.keys) open.delete(key);
    left.delete(best);
    yield best.network;
  }
}

/**
 * Networks to make a profile from: of many random members those that hold between them most of the device kernels
 * that the spaces are made of, each kernel counting by how much time is likely spent in it. With 75 networks a
 * space and size, random members then spend 98 % of their time in kernels that were measured; 75 random ones would
 * leave it at 91 %.
 */
export function coverNetworks(
  spaces: readonly MixnetSpace[],
  rules: MappingRules,
  options: PlanOptions,
): PlannedNetwork[] {
  const seen = new Set(options.without);
  const sources = settingsOf(spaces, options.resolutions).map((setting) => {
    const pool = draws(setting, options.random, seen);
    return byCoverage(inTurn([pool], candidates), rules);
  });
  return inTurn(sources, options.count);
}

/** The graph of a planned network, named so that its random weights are its own. */
export function planGraph(network: PlannedNetwork): LayerGraph {
  const { architecture, resolution, classes } = network;
  return { ...lower(architecture, { resolution, classes }), name: network.name };
}

/** Networks as graphs to time. */
export function graphsOf(networks: readonly PlannedNetwork[]): PlannedGraph[] {
  return networks.map((network) => ({ name: network.name, graph: () => planGraph(network) }));
}

/** A stable name of a plan, for the file that keeps what was measured of it. */
export function planHash(plan: readonly PlannedGraph[]): string {
  return shortHash(plan.map(({ name }) => name).join());
}
