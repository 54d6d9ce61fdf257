/**
 * Bayesian optimisation: a Gaussian process for every metric that is not known before the evaluation, and of many
 * candidates the one with the greatest expected hypervolume improvement (Daulton, Balandat and Bakshy,
 * "Differentiable Expected Hypervolume Improvement", NeurIPS 2020; on one objective it is the expected
 * improvement of Jones, Schonlau and Welch 1998), weighted by the probability that it meets the outcome constraints
 * (Gardner et al., ICML 2014). Others maximise progress in a direction, as often as that has paid off; while neither
 * improves the front, some are neighbours of the front that no model chose. Running trials count as if they gave their
 * posterior mean. The first trials are random ones; in a space of cells, uniform points show what outcome constraints
 * allow.
 */
import type { Random } from '../../base/index.js';
import { paretoFront } from '../../pareto/index.js';
import type { Candidate, Taken } from '../candidates.js';
import {
  type AcquisitionOptions,
  createAcquisition,
  drawDirection,
  createJointBook,
  normalCdf,
  withoutRounding,
  createScale,
  type Encoded,
  type Surrogate,
  createSurrogate,
  limitScale,
  type Outcome,
  createTrust,
} from '../model/index.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import type { Genome } from '../space/index.js';
import { type ActiveData, activeData } from './active-data.js';
import { createPool, wholeSize } from './model-pool.js';
import { type Priced, findBest } from './model-search.js';
import { createNeighbourhood } from './neighbourhood.js';
import { createStaleness } from './staleness.js';
import { directedShare } from './directed-share.js';
import { referenceOf } from './reference.js';
import { uniformPoints } from './uniform.js';

/**
 * A model that is overconfident and wrong would never find anything. After so many trials without a new point of the
 * front, some proposals use no model, and some inflate its variance and stay near the front.
 */
const patience = 12;
const blindShare = 0.25;
const inflatedShare = 0.25;
const mostInflation = 6;

/**
 * A model of an outcome constraint that knows one feasible region is confident that there is no other. For so many
 * proposals its deviations are inflated so many times, and they go where a great improvement is possible.
 */
const constraintInflatedShare = 0.05;
const constraintInflation = 4;

/** The neighbours of good points are needed again and again: so many candidates are kept. */
const memorySize = 20_000;

/** So many objectives that only an evaluation gives make a proposal slow. */
const manyTold = 3;
/** Then models learn from fewer of the known results. */
const mostKept = 180;
/** Models times results for which all candidates are looked at. */
const affordable = 400;

/** From so many results on, expected improvements in a small space are compared with what earlier ones gained. */
const trustFrom = 40;

export interface BayesOptions {
  /** Trials before the first model, drawn at random except for uniform points. Default 10. */
  readonly initial?: number | undefined;
}

export function createBayes(context: SamplerContext, options: BayesOptions = {}): Sampler {
  const initial = options.initial ?? 10;
  const { space, history, candidates } = context;
  const book = createJointBook(space.columns);
  const example = candidates.consider(space.random(context.random('bayes/example')));
  const objectives = Array.from({ length: context.objectives }, (_, k) =>
    context.knownCost(example.known, k) === undefined
      ? createSurrogate(space.columns, book, (values) => createScale('blended', values))
      : undefined,
  );
  const told = objectives.filter((model) => model !== undefined).length;
  const limits: Surrogate[] = [];
  const encoded = new Map<number, Encoded>();

  function encode(genome: Genome): Encoded {
    const features = space.features(genome);
    return { features, codes: book.encode(features) };
  }

  /** The encoded point of an observation: always the same object, by which models recognise it. */
  function rowOf({ id, genome }: Observation): Encoded {
    const row = encoded.get(id) ?? encode(genome);
    encoded.set(id, row);
    return row;
  }

  const { outcomeConstraints } = context;
  /** The first trials where it must be found out what is feasible: at most half of the initial ones. */
  const uniform = (outcomeConstraints > 0 ? uniformPoints(space, context.random('bayes/uniform')) : [])
    .slice(0, Math.ceil(initial / 2))
    .map((genome) => candidates.consider(genome))
    .filter(({ violation }) => violation === 0);
  const staleAt = createStaleness(history);
  const pool =
    space.size <= wholeSize
      ? createPool(space, candidates, (candidate) => encode(candidate.genome).codes)
      : undefined;
  const priced = createMemo(memorySize, (genome: Genome): Priced => {
    return { candidate: candidates.consider(genome), codes: encode(genome).codes };
  });
  /** From how many first observations the pool was made. */
  let pooled = -1;
  const knownCost = (candidate: Candidate, k: number) => context.knownCost(candidate.known, k) as number;

  /**
   * Models of the data, of which the first `fixed` decide on scales and kernels.
   * @param directed where given, what counts is progress in a direction drawn from it.
   */
  function acquisitionFor(
    { data, fixed, checkpoint }: ActiveData,
    pendingGenomes: readonly Genome[],
    directed?: Random,
    inflations: Pick<AcquisitionOptions, 'inflation' | 'constraintInflation'> = {},
  ) {
    const rows = data.map(rowOf);
    const pending = pendingGenomes.map(encode);
    objectives.forEach((model, k) => {
      model?.update(
        rows,
        data.map((o) => o.costs[k] as number),
        fixed,
        checkpoint,
        pending,
      );
    });
    data[0]?.excess.forEach((_, k) => {
      limits[k] ??= createSurrogate(space.columns, book, limitScale);
      limits[k].update(
        rows,
        data.map((o) => o.excess[k] as number),
        fixed,
        checkpoint,
        pending,
      );
    });
    const front = metCosts(data);
    pending.forEach(({ codes }, i) => {
      const candidate = candidates.consider(pendingGenomes[i] as Genome);
      const met = limits.every(({ process }) => process.posteriorBound(codes).mean <= 0);
      const expected = objectives.map((m, k) =>
        m ? m.scale.from(m.process.posteriorBound(codes).mean) : knownCost(candidate, k),
      );
      if (met) front.push(Float64Array.from(expected));
    });
    const best = frontOf(front);
    const scales = objectives.map((model) => model?.scale);
    const direction = directed && front.length > 0 ? drawDirection(front, scales, directed) : undefined;
    const reference = referenceOf(data, pool ? [] : best);
    const trust =
      pool && data.length >= trustFrom ? createTrust(data.map(outcomeOf), reference, scales) : undefined;
    return createAcquisition({ objectives, limits, knownCost }, best, reference, {
      ...inflations,
      direction,
      trust,
    });
  }

  /** The prediction and the result of the i-th of the data that the models were fitted to. */
  function outcomeOf({ costs, violation }: Observation, i: number): Outcome {
    const chances = limits.map(({ process }) => {
      const { mean, deviation } = process.predicted(i);
      return normalCdf(-mean / deviation);
    });
    return {
      predicted: objectives.map(
        (m, k) => m?.process.predicted(i) ?? { mean: costs[k] as number, deviation: 0 },
      ),
      chance: chances.reduce((product, chance) => product * chance, 1),
      costs,
      met: violation === 0,
    };
  }

  /** The time of a proposal grows with models and data; with three told objectives the number of candidates falls instead. */
  function effortFor(results: number): number {
    if (told < manyTold) return 1;
    return Math.min(1, affordable / ((told + limits.length) * (results + 60)));
  }

  let share = 0;
  let shared = -1;

  /** Of the first observations alone, so that it is the same whenever it is computed. */
  function directedShareAt(seen: readonly Observation[], checkpoint: number): number {
    if (objectives.length === 1) return 0;
    if (shared !== checkpoint) {
      const known = seen.slice(0, checkpoint);
      share = directedShare(known, referenceOf(known, pool ? [] : frontOf(metCosts(known))));
      shared = checkpoint;
    }
    return share;
  }

  /** A new neighbour of the front; while nothing meets the outcome constraints, of what is nearest to that. */
  function mutated(seen: readonly Observation[], random: Random, taken: Taken): Proposal | undefined {
    const least = seen.reduce((a, b) => (b.violation < a.violation ? b : a));
    const met = seen.filter((o) => o.violation === 0);
    const front = paretoFront(metCosts(met)).map((i) => met[i] as Observation);
    for (const { genome, id } of random.shuffle(front.length > 0 ? front : [least])) {
      const candidate = createNeighbourhood(space, candidates, genome, random).next(taken);
      if (candidate) return { candidate, origin: 'mutation', parents: [id] };
    }
    return undefined;
  }

  function propose(
    seen: readonly Observation[],
    id: number,
    horizon: number,
    random: Random,
  ): Proposal | undefined {
    const taken: Taken = (key) => context.taken(key, id);
    const active = activeData(seen, told < manyTold ? undefined : mostKept);
    const { data, fixed, checkpoint } = active;
    const stale = staleAt(horizon);
    const drawn = stale < patience ? 1 : random.next();
    const blind = drawn < blindShare ? mutated(seen, random, taken) : undefined;
    if (blind) return blind;
    if (pool && pooled !== checkpoint) {
      // From the first observations alone, so that it is the same whenever it is computed.
      const acquisition = acquisitionFor({ ...active, data: data.slice(0, fixed) }, []);
      const known = new Set(seen.slice(0, checkpoint).map((o) => space.key(o.genome)));
      pool.refresh({ objectives, limits, knownCost }, acquisition, known);
      pooled = checkpoint;
    }
    const inflates = drawn < blindShare + inflatedShare;
    const inflatesLimits = !inflates && outcomeConstraints > 0 && random.next() < constraintInflatedShare;
    const directed =
      !inflates && !inflatesLimits && random.next() < directedShareAt(seen, checkpoint) ? random : undefined;
    const acquisition = acquisitionFor(active, context.proposed(horizon, id), directed, {
      inflation: inflates ? Math.min(mostInflation, 1 + stale / patience) : 1,
      constraintInflation: inflatesLimits ? constraintInflation : 1,
    });
    const candidate =
      pool?.best(acquisition, taken) ??
      findBest(space, acquisition, priced, seen, random, taken, inflates, effortFor(data.length));
    const origin = inflates || inflatesLimits ? 'doubt' : directed ? 'direction' : 'model';
    return candidate && { candidate, origin, parents: [] };
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon): Proposal | undefined {
      const random = context.random(`bayes/${id}/${horizon}`);
      const seen = history.between(0, horizon);
      const best = seen.length < initial ? undefined : propose(seen, id, horizon, random);
      if (best) return best;
      const candidate = uniform.find(({ key }) => !context.taken(key, id)) ?? context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}

/** Remembers what a pure function gave for a key, up to `size` keys. */
function createMemo<A, B>(size: number, make: (given: A) => B): (key: string, given: A) => B {
  const made = new Map<string, B>();
  return (key, given) => {
    const found = made.get(key);
    if (found !== undefined) return found;
    if (made.size >= size) made.clear();
    const value = make(given);
    made.set(key, value);
    return value;
  };
}

/** The costs of what meets the outcome constraints. */
function metCosts(observations: readonly Observation[]): Float64Array[] {
  return withoutRounding(observations.filter((o) => o.violation === 0).map((o) => o.costs));
}

function frontOf(costs: readonly Float64Array[]): Float64Array[] {
  return paretoFront(costs).map((i) => costs[i] as Float64Array);
}
