/**
 * Progress in one direction, the expected improvement of which a candidate is worth: of the greatest of the weighted
 * distances from a point better than all in each scaled cost, weights drawn anew for every trial (after Knowles,
 * "ParEGO", IEEE TEVC 2006). Hypervolume alone goes where most is expected to be gained at once; directions see to it
 * that all of the front is sought: its ends, and its hollows, which a weighted sum never reaches.
 */
import type { Random } from '../../base/index.js';
import type { Belief } from './gaussian-process.js';
import { normalCdf } from './normal.js';
import type { Scale } from './scale.js';

export interface Direction {
  /** One an objective, in scaled units. */
  readonly weights: readonly number[];
  /** What distances are measured from, in scaled units. */
  readonly ideal: readonly number[];
  /** The least of the greatest distances that was found or is expected. */
  readonly least: number;
}

/** The ideal is so many deviations better than the best that was found: else nothing beyond the ends would be nearer. */
const beyond = 1;

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
  const columns = scales.map((scale, k) => {
    const column = costs.map((point) => point[k] as number);
    return scale ? column.map(scale.to) : column;
  });
  const deviations = columns.map((column, k) => (scales[k] ? 1 : deviationOf(column)));
  const weights = deviations.map((deviation, k) => {
    return ((cuts[k + 1] as number) - (cuts[k] as number)) / deviation;
  });
  const ideal = columns.map((column, k) => {
    const best = column.reduce((a, b) => Math.min(a, b));
    return best - beyond * (deviations[k] as number);
  });
  const greatest = costs.map((_, i) =>
    columns
      .map((column, k) => (weights[k] as number) * ((column[i] as number) - (ideal[k] as number)))
      .reduce((a, b) => Math.max(a, b)),
  );
  return { weights, ideal, least: greatest.reduce((a, b) => Math.min(a, b)) };
}

export function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) || 1;
}

/** The chance that a cost is so many deviations below what is expected of it counts as none. */
const farthest = 6;

/** Gauss and Legendre's eight places between -1 and 1, of which the other half mirrors these, and their weights. */
const places = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const shares = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];

/**
 * The expected improvement, for independent beliefs: the integral, up to the least known, of the chance that all
 * distances are below. A deviation of 0 is a value that is known.
 */
export function createProgress({ weights, ideal, least }: Direction): (beliefs: readonly Belief[]) => number {
  function chanceBelow(distance: number, beliefs: readonly Belief[]): number {
    let chance = 1;
    for (let k = 0; k < weights.length; k++) {
      const { mean, deviation } = beliefs[k] as Belief;
      if (deviation === 0) continue;
      const cost = (ideal[k] as number) + distance / (weights[k] as number);
      chance *= normalCdf((cost - mean) / deviation);
    }
    return chance;
  }
  return (beliefs) => {
    let from = -Infinity;
    for (let k = 0; k < weights.length; k++) {
      const { mean, deviation } = beliefs[k] as Belief;
      const best = mean - farthest * deviation;
      from = Math.max(from, (weights[k] as number) * (best - (ideal[k] as number)));
    }
    if (from >= least) return 0;
    const middle = (least + from) / 2;
    const half = (least - from) / 2;
    let sum = 0;
    for (let i = 0; i < places.length; i++) {
      const step = half * (places[i] as number);
      const both = chanceBelow(middle - step, beliefs) + chanceBelow(middle + step, beliefs);
      sum += (shares[i] as number) * both;
    }
    return sum * half;
  };
}
