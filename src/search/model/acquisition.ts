/**
 * The acquisition value of a candidate: the expected hypervolume improvement times the probability that it meets the
 * outcome constraints; while nothing meets them, that probability alone. Hypervolume is that of the metrics
 * themselves, not of their scaled values, since a search is judged by it.
 */
import type { Candidate } from '../candidates.js';
import { type Direction, createProgress } from './direction.js';
import type { Posterior, PosteriorBound, Tracked } from './gaussian-process.js';
import { createImprovement, cutBoxes } from './improvement.js';
import type { Codes } from './codebook.js';
import { normalCdf } from './normal.js';
import type { Surrogate } from './surrogate.js';
import { mostTrust } from './trust.js';

/** A candidate with the posterior bounds of its metrics, which are cheap to compute. */
export interface Estimate {
  readonly candidate: Candidate;
  /** Its acquisition value is not above this. */
  readonly bound: number;
  /** Its acquisition value, approximately: what candidates are ordered by. */
  readonly approximate: number;
  readonly objectives: readonly (PosteriorBound | undefined)[];
  readonly limits: readonly PosteriorBound[];
}

export interface Acquisition {
  /** @param around see `GaussianProcess.posteriorBound` */
  estimate(candidate: Candidate, codes: Codes, around?: Codes): Estimate;
  /** The bound alone, and 0 where even an optimistic outcome would be dominated. */
  bound(candidate: Candidate, codes: Codes): number;
  /** The exact acquisition value, or 0 as soon as it cannot be above `floor`. */
  value(estimate: Estimate, floor: number): number;
  /**
   * The acquisition value of each of a list of candidates that the models track.
   * @returns a function of the index, which gives 0 as soon as the value cannot be above `floor`; with `quick` also
   * where even an optimistic outcome is dominated.
   */
  trackedValue(
    candidates: readonly Candidate[],
    tracked: TrackedModels,
  ): (index: number, quick: boolean, floor: number) => number;
}

/** One entry an objective. Where a model is left out, the cost is known before the evaluation. */
export interface Models {
  readonly objectives: readonly (Surrogate | undefined)[];
  readonly limits: readonly Surrogate[];
  /** The cost of a candidate in an objective without a model. */
  knownCost(candidate: Candidate, objective: number): number;
}

/** How the models' posteriors are used. */
export interface AcquisitionOptions {
  /** Where given, the acquisition value is the expected progress in this direction instead. */
  readonly direction?: Direction | undefined;
  /**
   * Variance inflation: the factor on posterior deviations, above 1 where an overconfident model found nothing. Once
   * a trial meets the outcome constraints, it does not apply to their models.
   */
  readonly inflation?: number;
  /** The factor on the posterior deviations of outcome constraints once a trial meets them. */
  readonly constraintInflation?: number;
  /** The factor by which `trackedValue` corrects an improvement. */
  readonly trust?: ((posteriors: readonly Posterior[]) => number) | undefined;
}

/** An optimistic outcome is better than the posterior mean by so many deviations in every objective. */
const optimism = 3.5;

export interface TrackedModels {
  readonly objectives: readonly (Tracked | undefined)[];
  readonly limits: readonly Tracked[];
}

/**
 * @param front the non-dominated costs of complete and pending trials that meet the outcome constraints.
 * @param reference costs up to which hypervolume counts.
 */
export function createAcquisition(
  { objectives, limits, knownCost }: Models,
  front: readonly Float64Array[],
  reference: Float64Array,
  { direction, inflation = 1, constraintInflation = 1, trust }: AcquisitionOptions = {},
): Acquisition {
  const improvement = direction
    ? createProgress(direction)
    : createImprovement(
        cutBoxes(front, reference),
        objectives.map((model) => model?.scale),
      );
  const nothingMet = front.length === 0;

  /** The inflated posterior, in scaled units; without a model, the cost is known. */
  function costPosterior(candidate: Candidate, k: number, posterior: Posterior | undefined): Posterior {
    if (!posterior) return { mean: knownCost(candidate, k), deviation: 0 };
    return { mean: posterior.mean, deviation: inflation * posterior.deviation };
  }

  const optimistic = new Float64Array(objectives.length);

  function isDominated(posteriors: readonly Posterior[]): boolean {
    if (direction) return false;
    for (let k = 0; k < optimistic.length; k++) {
      const { mean, deviation } = posteriors[k] as Posterior;
      optimistic[k] = objectives[k]?.scale.from(mean - optimism * deviation) ?? mean;
      if ((optimistic[k] as number) >= (reference[k] as number)) return true;
    }
    return front.some((point) => {
      for (let k = 0; k < optimistic.length; k++)
        if ((point[k] as number) > (optimistic[k] as number)) return false;
      return true;
    });
  }

  const limitInflation = nothingMet ? inflation : constraintInflation;
  const feasibility = ({ mean, deviation }: Posterior) => normalCdf(-mean / (limitInflation * deviation));

  function estimate(candidate: Candidate, codes: Codes, around?: Codes): Estimate {
    const costs = objectives.map((model) => model?.process.posteriorBound(codes, around));
    const excesses = limits.map(({ process }) => process.posteriorBound(codes, around));
    const bound = nothingMet ? 1 : improvement(costs.map((cost, k) => costPosterior(candidate, k, cost)));
    const approximate = excesses.reduce((product, excess) => product * feasibility(excess), bound);
    return { candidate, bound, approximate, objectives: costs, limits: excesses };
  }

  function bound(candidate: Candidate, codes: Codes): number {
    if (nothingMet) return 1;
    const posteriors = objectives.map((m, k) =>
      costPosterior(candidate, k, m?.process.posteriorBound(codes)),
    );
    return isDominated(posteriors) ? 0 : improvement(posteriors);
  }

  function value({ candidate, objectives: costs, limits: excesses, bound }: Estimate, floor: number): number {
    let chance = 1;
    for (const [i, { process }] of limits.entries()) {
      const excess = excesses[i] as PosteriorBound;
      chance *= feasibility({ mean: excess.mean, deviation: process.deviation(excess) });
      if (bound * chance <= floor) return 0;
    }
    if (nothingMet) return chance;
    const posteriors = costs.map((cost, k) => {
      const process = objectives[k]?.process;
      return costPosterior(
        candidate,
        k,
        cost && process && { mean: cost.mean, deviation: process.deviation(cost) },
      );
    });
    return improvement(posteriors) * chance;
  }

  function trackedValue(candidates: readonly Candidate[], tracked: TrackedModels) {
    const costs = tracked.objectives.map((t) => t?.posteriors());
    const excesses = tracked.limits.map((t) => t.posteriors());
    type Posteriors = ReturnType<Tracked['posteriors']>;
    const at = ({ means, deviations }: Posteriors, i: number): Posterior => {
      return { mean: means[i] as number, deviation: deviations[i] as number };
    };
    return (i: number, quick: boolean, floor: number) => {
      let chance = 1;
      for (const all of excesses) chance *= feasibility(at(all, i));
      if (nothingMet || chance < 1e-9) return nothingMet ? chance : 0;
      const candidate = candidates[i] as Candidate;
      const posteriors = costs.map((all, k) => costPosterior(candidate, k, all && at(all, i)));
      if (quick && isDominated(posteriors)) return 0;
      const untrusted = improvement(posteriors) * chance;
      if (!trust) return untrusted;
      return untrusted * mostTrust > floor ? untrusted * trust(posteriors) : 0;
    };
  }
  return { estimate, bound, value, trackedValue };
}
