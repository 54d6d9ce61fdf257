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
/** A single stroke of luck counts as so many hopes at most, so trust is never more. */
export const mostTrust = 2;

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
    const hope = improvement(foreseen) * chance;
    const gained = met ? archive.add(costs) : 0;
    if (gained > 0) improvement = createImprovement(cutBoxes(archive.points, reference), scales);
    return hope > 0 ? Math.min(mostTrust, gained / hope) : 1;
  });
  const perWidth = scales.map((scale, k) => {
    return 1 / (reach * (scale ? 1 : deviationOf(outcomes.map(({ costs }) => costs[k] as number))));
  });
  // One row an outcome, in widths: thousands of beliefs are held against hundreds of outcomes.
  const columns = scales.length;
  const hoped = Float64Array.from(
    outcomes.flatMap(({ foreseen }) => foreseen.map(({ mean }, k) => mean * (perWidth[k] as number))),
  );

  return (beliefs) => {
    const here = beliefs.map(({ mean }, k) => mean * (perWidth[k] as number));
    let sum = priorHopes;
    let weights = priorHopes;
    for (let i = 0; i < truths.length; i++) {
      let squared = 0;
      for (let k = 0; k < columns; k++) {
        squared += ((hoped[i * columns + k] as number) - (here[k] as number)) ** 2;
      }
      const alike = decay(0.5 * squared);
      sum += alike * (truths[i] as number);
      weights += alike;
    }
    return sum / weights;
  };
}
