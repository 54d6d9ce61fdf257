/** The parts of a search before anything runs or is written: space, prices, study. */
import type { Profile } from '../hardware/index.js';
import type { Architecture, MixnetSpace } from '../models/index.js';
import { type Params, type SamplerSpec, type Study, createStudy } from '../search/index.js';
import { type RunConfig, objectivesOf } from './config.js';
import { type Pricing, constraintsOf, createPricing } from './pricing.js';

/** A search before anything runs or is written. */
export interface SearchParts {
  readonly config: RunConfig;
  readonly space: MixnetSpace;
  readonly profiles: readonly Profile[];
  readonly pricing: Pricing;
  readonly study: Study<Params, Architecture>;
}

/**
 * Builds a search.
 * @throws MixnasError `infeasible` when no architecture of the space meets the limits.
 */
export function prepareSearch(
  config: RunConfig,
  space: MixnetSpace,
  profiles: readonly Profile[],
): SearchParts {
  const pricing = createPricing(config, profiles);
  const study = createStudy({
    space,
    objectives: objectivesOf(config.objectives),
    constraints: constraintsOf(config),
    price: ({ architecture }) => pricing.price(architecture),
    sampler: config.sampler as SamplerSpec,
    seed: config.seed,
    trials: config.budget.trials,
    parallel: config.workers,
  });
  return { config, space, profiles, pricing, study };
}
