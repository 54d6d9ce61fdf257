/**
 * What a candidate is worth: the expected gain in hypervolume times the chance that it meets the outcome
 * constraints; while nothing meets them, that chance alone. Hypervolume is that of the metrics
 * themselves, not of their scaled values, since it is what a search is judged by.
 */
import type { Candidate } from '../candidates.js';
import { type Direction, createProgress } from './direction.js';
import type { Belief, Glance, Tracked } from './gaussian-process.js';
import { createImprovement, cutBoxes } from './improvement.js';
import type { Codes } from './kernel.js';
import { normalCdf } from './normal.js';
import type { Surrogate } from './surrogate.js';
import { mostTrust } from './trust.js';

/** A candidate with what a glance says of it. */
export interface Look {
  readonly candidate: Candidate;
  /** Its worth is not above this. */
  readonly bound: number;
  /** What its worth is about, to order candidates by. */
  readonly promise: number;
  readonly glances: readonly (Glance | undefined)[];
  readonly limits: readonly Glance[];
}

export interface Acquisition {
  /** @param around see `GaussianProcess.glance` */
  look(candidate: Candidate, codes: Codes, around?: Codes): Look;
  /** The bound alone, and 0 where even a lucky outcome would lie behind the front. */
  bound(candidate: Candidate, codes: Codes): number;
  /** The worth itself, or 0 as soon as it cannot be above `floor`. Uses the look up. */
  worth(look: Look, floor: number): number;
  /**
   * The worth of each of a list of candidates that the models track.
   * @returns a function of the index, which gives 0 as soon as the worth cannot be above `floor`; `quick` also
   * where even a lucky outcome lies behind the front.
   */
  worths(
    candidates: readonly Candidate[],
    tracked: TrackedModels,
  ): (index: number, quick: boolean, floor: number) => number;
}

/** Looks and beliefs have one entry an objective. A model that is left out is a cost known beforehand. */
export interface Models {
  readonly objectives: readonly (Surrogate | undefined)[];
  readonly limits: readonly Surrogate[];
  /** The cost of a candidate in an objective without a model. */
  knownCost(candidate: Candidate, objective: number): number;
}

/** How the models are read. */
export interface Attitude {
  /** Where given, a candidate is worth the progress in it instead. */
  readonly direction?: Direction | undefined;
  /**
   * What deviations are multiplied by: above 1 where a model that is sure of itself found nothing. Not those of outcome
   * constraints, once something meets them.
   */
  readonly doubt?: number;
  /** What the deviations of outcome constraints are multiplied by instead, once something meets them. */
  readonly daring?: number;
  /** What `worths` multiplies an improvement by. */
  readonly trust?: ((beliefs: readonly Belief[]) => number) | undefined;
}

/** A lucky outcome is better than expected by so many deviations in every objective. */
const luck = 3.5;

export interface TrackedModels {
  readonly objectives: readonly (Tracked | undefined)[];
  readonly limits: readonly Tracked[];
}

/**
 * @param front the non-dominated costs of what was found or is expected, as far as it meets the outcome constraints.
 * @param reference costs up to which hypervolume counts.
 */
export function createAcquisition(
  { objectives, limits, knownCost }: Models,
  front: readonly Float64Array[],
  reference: Float64Array,
  { direction, doubt = 1, daring = 1, trust }: Attitude = {},
): Acquisition {
  const improvement = direction
    ? createProgress(direction)
    : createImprovement(
        cutBoxes(front, reference),
        objectives.map((model) => model?.scale),
      );
  const nothingMet = front.length === 0;

  /** A belief in scaled units; without a model, the cost is known. */
  function costBelief(candidate: Candidate, k: number, belief: Belief | undefined): Belief {
    if (!belief) return { mean: knownCost(candidate, k), deviation: 0 };
    return { mean: belief.mean, deviation: doubt * belief.deviation };
  }

  const lucky = new Float64Array(objectives.length);

  function isHopeless(beliefs: readonly Belief[]): boolean {
    if (direction) return false;
    for (let k = 0; k < lucky.length; k++) {
      const { mean, deviation } = beliefs[k] as Belief;
      lucky[k] = objectives[k]?.scale.from(mean - luck * deviation) ?? mean;
      if ((lucky[k] as number) >= (reference[k] as number)) return true;
    }
    return front.some((point) => {
      for (let k = 0; k < lucky.length; k++) if ((point[k] as number) > (lucky[k] as number)) return false;
      return true;
    });
  }

  const chanceDoubt = nothingMet ? doubt : daring;
  const chanceOf = ({ mean, deviation }: Belief) => normalCdf(-mean / (chanceDoubt * deviation));

  function look(candidate: Candidate, codes: Codes, around?: Codes): Look {
    const glances = objectives.map((model) => model?.process.glance(codes, around));
    const met = limits.map(({ process }) => process.glance(codes, around));
    const bound = nothingMet ? 1 : improvement(glances.map((g, k) => costBelief(candidate, k, g)));
    const promise = met.reduce((product, glance) => product * chanceOf(glance), bound);
    return { candidate, bound, promise, glances, limits: met };
  }

  function bound(candidate: Candidate, codes: Codes): number {
    if (nothingMet) return 1;
    const beliefs = objectives.map((m, k) => costBelief(candidate, k, m?.process.glance(codes)));
    return isHopeless(beliefs) ? 0 : improvement(beliefs);
  }

  function worth({ candidate, glances, limits: met, bound }: Look, floor: number): number {
    let chance = 1;
    for (const [i, { process }] of limits.entries()) {
      const glance = met[i] as Glance;
      chance *= chanceOf({ mean: glance.mean, deviation: process.deviation(glance) });
      if (bound * chance <= floor) return 0;
    }
    if (nothingMet) return chance;
    const beliefs = glances.map((glance, k) => {
      const process = objectives[k]?.process;
      const belief = glance && process && { mean: glance.mean, deviation: process.deviation(glance) };
      return costBelief(candidate, k, belief);
    });
    return improvement(beliefs) * chance;
  }

  function worths(candidates: readonly Candidate[], tracked: TrackedModels) {
    const costs = tracked.objectives.map((t) => t?.beliefs());
    const excesses = tracked.limits.map((t) => t.beliefs());
    type Beliefs = ReturnType<Tracked['beliefs']>;
    const at = ({ means, deviations }: Beliefs, i: number): Belief => {
      return { mean: means[i] as number, deviation: deviations[i] as number };
    };
    return (i: number, quick: boolean, floor: number) => {
      let chance = 1;
      for (const beliefs of excesses) chance *= chanceOf(at(beliefs, i));
      if (nothingMet || chance < 1e-9) return nothingMet ? chance : 0;
      const candidate = candidates[i] as Candidate;
      const beliefs = costs.map((all, k) => costBelief(candidate, k, all && at(all, i)));
      if (quick && isHopeless(beliefs)) return 0;
      const worth = improvement(beliefs) * chance;
      if (!trust) return worth;
      return worth * mostTrust > floor ? worth * trust(beliefs) : 0;
    };
  }
  return { look, bound, worth, worths };
}
