/**
 * What a candidate is worth: the expected gain in hypervolume times the chance that it meets the outcome
 * constraints; while nothing meets them, that chance alone.
 */
import type { Candidate } from '../candidates.js';
import type { Belief, Glance } from './gaussian-process.js';
import { createImprovement, cutBoxes, normalCdf } from './improvement.js';
import type { Codes } from './kernel.js';
import type { Surrogate } from './surrogate.js';

/** A candidate with an upper bound of its worth. */
export interface Look {
  readonly candidate: Candidate;
  readonly bound: number;
  readonly codes: Codes;
  readonly glances: readonly Glance[];
}

export interface Acquisition {
  look(candidate: Candidate, codes: Codes): Look;
  /** The worth itself, or 0 as soon as it cannot be above `floor`. Uses the look up. */
  worth(look: Look, floor: number): number;
}

/** Looks and beliefs have one entry an objective. A model that is left out is a cost known beforehand. */
export interface Models {
  readonly objectives: readonly (Surrogate | undefined)[];
  readonly limits: readonly Surrogate[];
  /** The scaled cost of a candidate in an objective without a model. */
  knownCost(candidate: Candidate, objective: number): number;
}

/**
 * @param front scaled costs of what was found or is expected, as far as it meets the outcome constraints.
 * @param reference scaled costs up to which hypervolume counts.
 */
export function createAcquisition(
  { objectives, limits, knownCost }: Models,
  front: readonly Float64Array[],
  reference: Float64Array,
): Acquisition {
  const improvement = createImprovement(cutBoxes(front, reference));

  function look(candidate: Candidate, codes: Codes): Look {
    const glances = objectives.map((model, k): Glance => {
      if (model) return model.process.glance(codes);
      return { mean: knownCost(candidate, k), deviation: 0, covariances: new Float64Array(0) };
    });
    return { candidate, codes, glances, bound: front.length > 0 ? improvement(glances) : 1 };
  }

  function worth({ codes, glances, bound }: Look, floor: number): number {
    let chance = 1;
    for (const { process } of limits) {
      const glance = process.glance(codes);
      chance *= normalCdf(-glance.mean / process.deviation(glance));
      if (bound * chance <= floor) return 0;
    }
    if (front.length === 0) return chance;
    const beliefs = glances.map((glance, k): Belief => {
      const process = objectives[k]?.process;
      return process ? { mean: glance.mean, deviation: process.deviation(glance) } : glance;
    });
    return improvement(beliefs) * chance;
  }
  return { look, worth };
}
