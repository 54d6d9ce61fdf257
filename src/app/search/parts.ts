/** The parts of a search before anything runs or is written: space, prices, study. */
import { createRandom } from '../../base/index.js';
import type { Profile } from '../../hardware/index.js';
import type { Architecture, MixnetSpace } from '../../models/index.js';
import { latencyMetric } from '../../metrics/index.js';
import { type WarmStart, decodeGenome } from '../../runs/index.js';
import {
  type Params,
  type SamplerFactory,
  type SamplerSpec,
  type Study,
  createStudy,
  mixnetSpace,
} from '../../search/index.js';
import { groupWeights } from './group-guide.js';
import type { Criteria, RunConfig } from '../config/index.js';
import { type Pricing, createPricing } from './pricing.js';

/** A search before anything runs or is written. */
export interface SearchParts {
  readonly config: RunConfig;
  readonly space: MixnetSpace;
  readonly profiles: readonly Profile[];
  readonly criteria: Criteria;
  readonly pricing: Pricing;
  readonly study: Study<Params, Architecture>;
  readonly warm: WarmStart | undefined;
}

/** What a warm start is worked out from. */
export type WarmStartParts = Pick<SearchParts, 'config' | 'space' | 'criteria' | 'pricing'>;

/**
 * Builds a search.
 * @param criteria those of the config, compiled.
 * @param warmStart what a new search begins with, to be worked out; or what one that is resumed began with.
 * @param sampler one from code, in place of the config's.
 * @throws MixnasError `infeasible` when no architecture of the space meets the limits.
 */
export function prepareSearch(
  given: RunConfig,
  criteria: Criteria,
  space: MixnetSpace,
  profiles: readonly Profile[],
  warmStart?: WarmStart | ((parts: WarmStartParts) => WarmStart | undefined),
  sampler?: SamplerFactory,
): SearchParts {
  const pricing = createPricing(given, profiles, criteria);
  const isNew = typeof warmStart === 'function';
  const warm = isNew ? warmStart({ config: given, space, criteria, pricing }) : warmStart;
  // Results that are taken over come on top of what is to be evaluated.
  const trials = given.budget.trials + (isNew ? (warm?.known.length ?? 0) : 0);
  const config: RunConfig = { ...given, budget: { ...given.budget, trials } };
  const random = createRandom(config.seed).fork('group guide');
  const weights =
    config.groupGuide > 0
      ? groupWeights(
          space,
          (architecture) => meanLatency(pricing.price(architecture)),
          config.groupGuide,
          random,
        )
      : undefined;
  const study = createStudy({
    space: mixnetSpace(space, weights, config.gateGuide),
    objectives: criteria.objectives,
    constraints: criteria.constraints,
    price: ({ architecture }) => pricing.price(architecture),
    sampler: sampler ?? (config.sampler as SamplerSpec),
    seed: config.seed,
    trials: config.budget.trials,
    parallel: config.workers,
    deterministic: config.deterministic,
    initial: (warm?.first ?? []).map((genome) => space.decode(decodeGenome(genome))),
  });
  return { config, space, profiles, criteria, pricing, study, warm };

  /** The geometric mean over the devices, in ms. */
  function meanLatency(known: Readonly<Record<string, number>>): number {
    const logs = config.profiles.map((name) => Math.log(known[latencyMetric(name)] as number));
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  }
}
