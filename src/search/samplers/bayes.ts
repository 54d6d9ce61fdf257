/**
 * Bayesian optimisation: a Gaussian process for every metric that is not known beforehand, and of many
 * candidates the one with the greatest expected hypervolume improvement (Daulton, Balandat and Bakshy,
 * "Differentiable Expected Hypervolume Improvement", NeurIPS 2020; on one objective it is the expected
 * improvement of Jones, Schonlau and Welch 1998), weighed by the chance to meet the outcome constraints
 * (Gardner et al., ICML 2014). Trials under way count as if they gave what is expected of them.
 */
import type { Candidate, Taken } from '../candidates.js';
import { createAcquisition } from '../model/acquisition.js';
import { createCodebook } from '../model/kernel.js';
import {
  type Encoded,
  type Surrogate,
  createSurrogate,
  signedLogScale,
  standardScale,
} from '../model/surrogate.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import type { Genome } from '../space.js';
import { activeData } from './active-data.js';
import { findBest } from './model-search.js';

export interface BayesOptions {
  /** Trials drawn at random before the first model. Default 10. */
  readonly initial?: number | undefined;
}

export function createBayes(context: SamplerContext, options: BayesOptions = {}): Sampler {
  const initial = options.initial ?? 10;
  const { space, history, candidates } = context;
  const book = createCodebook(space.columns);
  const example = candidates.consider(space.random(context.random('bayes/example')));
  const objectives = Array.from({ length: context.objectives }, (_, k) =>
    context.knownCost(example.known, k) === undefined
      ? createSurrogate(space.columns, book, standardScale)
      : undefined,
  );
  const limits: Surrogate[] = [];
  const encoded = new Map<number, Encoded>();

  function encode(genome: Genome): Encoded {
    const features = space.features(genome);
    return { features, codes: book.encode(features) };
  }

  /** The encoded point of an observation: always the same object, by which models know it again. */
  function rowOf({ id, genome }: Observation): Encoded {
    const row = encoded.get(id) ?? encode(genome);
    encoded.set(id, row);
    return row;
  }

  function acquisitionFor(seen: readonly Observation[], pendingGenomes: readonly Genome[]) {
    const { data, fixed } = activeData(seen);
    const rows = data.map(rowOf);
    const pending = pendingGenomes.map(encode);
    const scales = objectives.map((model, k) => {
      const costs = data.map((o) => o.costs[k] as number);
      model?.update(rows, costs, fixed, pending);
      return model?.scale ?? standardScale(costs.slice(0, fixed));
    });
    data[0]?.excess.forEach((_, k) => {
      limits[k] ??= createSurrogate(space.columns, book, signedLogScale);
      limits[k].update(
        rows,
        data.map((o) => o.excess[k] as number),
        fixed,
        pending,
      );
    });
    const scaled = (costs: Float64Array) =>
      costs.map((cost, k) => (scales[k] as (cost: number) => number)(cost));
    const knownCost = (candidate: Candidate, k: number) =>
      scales[k]?.(context.knownCost(candidate.known, k) as number) as number;
    const front = data.filter((o) => o.violation === 0).map((o) => scaled(o.costs));
    pending.forEach(({ codes }, i) => {
      const candidate = candidates.consider(pendingGenomes[i] as Genome);
      const met = limits.every(({ process }) => process.glance(codes).mean <= 0);
      const expected = objectives.map((m, k) => m?.process.glance(codes).mean ?? knownCost(candidate, k));
      if (met) front.push(Float64Array.from(expected));
    });
    const worst = data[0]?.costs.map((_, k) => Math.max(...data.map((o) => o.costs[k] as number)));
    return createAcquisition({ objectives, limits, knownCost }, front, scaled(worst ?? new Float64Array(0)));
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon): Proposal | undefined {
      const random = context.random(`bayes/${id}/${horizon}`);
      const seen = history.between(0, horizon);
      const taken: Taken = (key) => context.taken(key, id);
      const best =
        seen.length < initial
          ? undefined
          : findBest(
              context,
              acquisitionFor(seen, context.proposed(horizon, id)),
              (candidate) => encode(candidate.genome).codes,
              seen,
              random,
              taken,
            );
      if (best) return { candidate: best, origin: 'model', parents: [] };
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}
