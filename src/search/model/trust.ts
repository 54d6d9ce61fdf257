/**
 * How far the model's hopes came true, by where they lay among the objectives. Beside a value that nothing can be
 * below, or where values come in steps, one candidate after another promises a gain and none gives it; no deviation
 * tells, for the predictions themselves are near. So what was hoped for each point before its value came is held
 * against what it gained, and a new hope is believed as far as those of about the same outcome were right.
 */
import { createHypervolume } from '../../pareto/index.js';
import { decay } from './decay.js';
import { deviationOf } from './direction.js';
import type { Belief } from './gaussian-process.js';
import { createImprovement, cutBoxes } from './improvement.js';
import type { Scale } from './scale.js';

/** A point with what was believed of it before its value came. */
export interface Outcome {
  /** One an objective, in scaled units. */
  readonly foreseen: readonly Belief[];
  /** That it meets the outcome constraints. */
  readonly chance: number;
  readonly costs: Float64Array;
  readonly met: boolean;
}

/** Outcomes are alike within so many deviations of all costs. */
const reach = 0.5;
/** So many hopes that came true count beside those seen. */
const priorHopes = 0.3;
/** A single stroke of luck counts as so many hopes at most. */
const mostLuck = 2;

/**
 * @param outcomes in the order in which they came.
 * @param reference costs up to which hypervolume counts.
 * @param scales where an objective has none, its cost is known beforehand.
 * @returns a function of beliefs: what their expected improvement is to be multiplied by.
 */
export function createTrust(
  outcomes: readonly Outcome[],
  reference: Float64Array,
  scales: readonly (Scale | undefined)[],
): (beliefs: readonly Belief[]) => number {
  const archive = createHypervolume(reference);
  let improvement = createImprovement(cutBoxes([], reference), scales);
  const truths = outcomes.map(({ foreseen, chance, costs, met }) => {
    const hoped = improvement(foreseen) * chance;
    const gained = met ? archive.add(costs) : 0;
    if (gained > 0) improvement = createImprovement(cutBoxes(archive.points, reference), scales);
    return hoped > 0 ? Math.min(mostLuck, gained / hoped) : 1;
  });
  const perWidth = scales.map((scale, k) => {
    return 1 / (reach * (scale ? 1 : deviationOf(outcomes.map(({ costs }) => costs[k] as number))));
  });

  return (beliefs) => {
    let sum = priorHopes;
    let weights = priorHopes;
    for (const [i, { foreseen }] of outcomes.entries()) {
      let squared = 0;
      for (const [k, perUnit] of perWidth.entries()) {
        squared += (((foreseen[k] as Belief).mean - (beliefs[k] as Belief).mean) * perUnit) ** 2;
      }
      const alike = decay(0.5 * squared);
      sum += alike * (truths[i] as number);
      weights += alike;
    }
    return sum / weights;
  };
}
