/**
 * Progress in one direction: a weighted sum of scaled costs, weights drawn anew for every trial, and the
 * expected improvement of it (after Knowles, "ParEGO", IEEE TEVC 2006). Hypervolume alone goes where most
 * is expected to be gained at once; directions see to it that the ends of the front are sought as well.
 */
import type { Random } from '../../base/index.js';
import type { Belief } from './gaussian-process.js';
import { ramp } from './improvement.js';
import type { Scale } from './scale.js';

export interface Direction {
  /** One an objective, in scaled units. */
  readonly weights: readonly number[];
  /** The least sum that was found or is expected. */
  readonly least: number;
}

/**
 * @param costs at least one, of what meets the constraints.
 * @param scales where an objective has none, its costs are divided by their deviation.
 */
export function drawDirection(
  costs: readonly Float64Array[],
  scales: readonly (Scale | undefined)[],
  random: Random,
): Direction {
  const cuts = scales.slice(1).map(() => random.next());
  cuts.push(0, 1);
  cuts.sort((a, b) => a - b);
  const weights = scales.map((scale, k) => {
    const share = (cuts[k + 1] as number) - (cuts[k] as number);
    return scale ? share : share / deviationOf(costs.map((c) => c[k] as number));
  });
  const sums = costs.map((point) =>
    scales.reduce((sum, scale, k) => {
      const cost = point[k] as number;
      return sum + (weights[k] as number) * (scale ? scale.to(cost) : cost);
    }, 0),
  );
  return { weights, least: sums.reduce((a, b) => Math.min(a, b)) };
}

export function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) || 1;
}

/** The expected improvement of the sum, for independent beliefs. A deviation of 0 is a value that is known. */
export function createProgress({ weights, least }: Direction): (beliefs: readonly Belief[]) => number {
  return (beliefs) => {
    let mean = 0;
    let variance = 0;
    beliefs.forEach((belief, k) => {
      mean += (weights[k] as number) * belief.mean;
      variance += ((weights[k] as number) * belief.deviation) ** 2;
    });
    if (variance === 0) return Math.max(0, least - mean);
    const deviation = Math.sqrt(variance);
    return deviation * ramp((least - mean) / deviation);
  };
}
