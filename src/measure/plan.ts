/** Which networks to measure: drawn from search spaces by a seed, spread over sizes. */
import { type Random, shortHash } from '../base/index.js';
import {
  type Architecture,
  type LayerGraph,
  type MixnetSpace,
  architectureHash,
  countCost,
  lower,
} from '../models/index.js';

export interface PlannedNetwork {
  readonly name: string;
  readonly family: string;
  readonly architecture: Architecture;
  readonly resolution: number;
  readonly classes: number;
}

export interface PlanOptions {
  /** How many networks. */
  readonly count: number;
  /** Resolutions to price at; each space is measured at each of them and at its own. */
  readonly resolutions: readonly number[];
  readonly random: Random;
  /** Hashes of architectures not to take: for validation, those that a profile was fitted from. */
  readonly without?: ReadonlySet<string>;
}

/**
 * Networks in turn from each space and resolution. Of a few random members the one is taken whose MACs lie
 * where the plan has the widest gap on a logarithmic scale: uniform draws crowd around the middle of a space.
 */
export function planNetworks(spaces: readonly MixnetSpace[], options: PlanOptions): PlannedNetwork[] {
  const settings = spaces.flatMap((space) =>
    [...new Set([space.source.resolution, ...options.resolutions])].map((resolution) => ({
      space,
      resolution,
      /** log MACs taken so far. */
      taken: [] as number[],
    })),
  );
  const seen = new Set(options.without);
  const planned: PlannedNetwork[] = [];
  for (let i = 0; planned.length < options.count; i++) {
    const setting = settings[i % settings.length];
    if (!setting) return planned;
    const { space, resolution, taken } = setting;
    const candidates = Array.from({ length: 6 }, () => space.decode(space.random(options.random)))
      .filter((architecture) => !seen.has(architectureHash(architecture)))
      .map((architecture) => {
        const logMacs = Math.log(countCost(lower(architecture, { resolution })).macs);
        return { architecture, logMacs, gap: Math.min(...taken.map((t) => Math.abs(t - logMacs)), 10) };
      });
    const best = candidates.toSorted((a, b) => b.gap - a.gap)[0];
    if (!best) continue;
    taken.push(best.logMacs);
    const hash = architectureHash(best.architecture);
    seen.add(hash);
    const name = `${space.name}-${hash.slice(0, 8)}@${resolution}`;
    const { classes } = best.architecture;
    planned.push({
      name,
      family: `${space.name}@${resolution}`,
      architecture: best.architecture,
      resolution,
      classes,
    });
  }
  return planned;
}

/** The graph of a planned network, named so that its random weights are its own. */
export function planGraph(network: PlannedNetwork): LayerGraph {
  const { architecture, resolution, classes } = network;
  return { ...lower(architecture, { resolution, classes }), name: network.name };
}

/** A stable name of a plan, for the file that keeps what was measured of it. */
export function planHash(plan: readonly PlannedNetwork[]): string {
  return shortHash(plan.map((network) => network.name).join());
}
