/**
 * How far expected improvements came true, by where they lay among the objectives. Next to a value that nothing can
 * be below, or where values come in steps, one candidate after another promises an improvement and none gives it. The
 * posterior deviations do not show this, because the predictions themselves are close. So the improvement that was
 * expected of each trial before its result is compared with what it gained, and a new expected improvement is trusted
 * as far as those of similar outcomes were right.
 */
import { createHypervolume } from '../../pareto/index.js';
import { decay } from './decay.js';
import { deviationOf } from './direction.js';
import type { Posterior } from './gaussian-process.js';
import { createImprovement, cutBoxes } from './improvement.js';
import type { Scale } from './scale.js';

/** A point with its prediction from before its result was known. */
export interface Outcome {
  /** One an objective, in scaled units. */
  readonly predicted: readonly Posterior[];
  /** The probability that it meets the outcome constraints. */
  readonly chance: number;
  readonly costs: Float64Array;
  readonly met: boolean;
}

/** Outcomes are similar within so many deviations of all costs. */
const reach = 0.5;
/** The prior: so many expected improvements that came true are added to those seen. */
const priorWeight = 0.3;
/** A single gain counts as so many times the expected one at most, so trust is never more. */
export const mostTrust = 2;

/**
 * @param outcomes in the order in which they came.
 * @param reference costs up to which hypervolume counts.
 * @param scales where an objective has none, its cost is known before the evaluation.
 * @returns a function of posteriors: the factor for their expected improvement.
 */
export function createTrust(
  outcomes: readonly Outcome[],
  reference: Float64Array,
  scales: readonly (Scale | undefined)[],
): (posteriors: readonly Posterior[]) => number {
  const archive = createHypervolume(reference);
  let improvement = createImprovement(cutBoxes([], reference), scales);
  const truths = outcomes.map(({ predicted, chance, costs, met }) => {
    const expected = improvement(predicted) * chance;
    const gained = met ? archive.add(costs) : 0;
    if (gained > 0) improvement = createImprovement(cutBoxes(archive.points, reference), scales);
    return expected > 0 ? Math.min(mostTrust, gained / expected) : 1;
  });
  const perWidth = scales.map((scale, k) => {
    return 1 / (reach * (scale ? 1 : deviationOf(outcomes.map(({ costs }) => costs[k] as number))));
  });
  // One row an outcome, in widths: thousands of posteriors are compared with hundreds of outcomes.
  const columns = scales.length;
  const means = Float64Array.from(
    outcomes.flatMap(({ predicted }) => predicted.map(({ mean }, k) => mean * (perWidth[k] as number))),
  );

  return (posteriors) => {
    const here = posteriors.map(({ mean }, k) => mean * (perWidth[k] as number));
    let sum = priorWeight;
    let weights = priorWeight;
    for (let i = 0; i < truths.length; i++) {
      let squared = 0;
      for (let k = 0; k < columns; k++) {
        squared += ((means[i * columns + k] as number) - (here[k] as number)) ** 2;
      }
      const alike = decay(0.5 * squared);
      sum += alike * (truths[i] as number);
      weights += alike;
    }
    return sum / weights;
  };
}
