/**
 * Progress in one direction, whose expected improvement is then the acquisition value: of the maximum, and sometimes of
 * the sum, of the weighted distances from a point that is better than all others in each scaled cost. Every trial draws
 * new weights (after Knowles, "ParEGO", IEEE TEVC 2006). Hypervolume alone goes where the largest gain is expected at
 * once; directions make the search cover the whole front. The maximum reaches its concave parts, which a sum never
 * does; the sum leads straight to corners that constraints cut off from the rest.
 */
import type { Random } from '../../base/index.js';
import type { Posterior } from './gaussian-process.js';
import { ramp } from './improvement.js';
import { normalCdf } from './normal.js';
import { type Scale, tiesAt } from './scale.js';

export interface Direction {
  /** One an objective, in scaled units. */
  readonly weights: readonly number[];
  /** What distances are measured from, in scaled units. */
  readonly ideal: readonly number[];
  /** What distances are put together by. */
  readonly by: 'greatest' | 'sum';
  /** The least of it that was found or is expected. */
  readonly least: number;
}

/** So many directions go by the sum. */
const sumShare = 0.3;

/**
 * The ideal is so many deviations better than the best found: otherwise nothing beyond the ends would be nearer. Where many
 * share the best, it is closer, since there may be nothing better.
 */
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
  const ideal = scales.map((scale, k) => {
    const best = costs.reduce((least, point) => Math.min(least, point[k] as number), Infinity);
    if (!scale) return best - beyond * (deviations[k] as number);
    return scale.to(best) - beyond / tiesAt(scale, best);
  });
  const by = random.next() < sumShare ? 'sum' : 'greatest';
  const together = costs.map((_, i) =>
    columns
      .map((column, k) => (weights[k] as number) * ((column[i] as number) - (ideal[k] as number)))
      .reduce((a, b) => (by === 'sum' ? a + b : Math.max(a, b))),
  );
  return { weights, ideal, by, least: together.reduce((a, b) => Math.min(a, b)) };
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

/** The expected improvement, for independent normal posteriors. A deviation of 0 is a value that is known. */
export function createProgress(direction: Direction): (posteriors: readonly Posterior[]) => number {
  return direction.by === 'sum' ? ofSum(direction) : ofGreatest(direction);
}

function ofSum({ weights, ideal, least }: Direction) {
  return (posteriors: readonly Posterior[]): number => {
    let mean = 0;
    let variance = 0;
    for (let k = 0; k < weights.length; k++) {
      const posterior = posteriors[k] as Posterior;
      mean += (weights[k] as number) * (posterior.mean - (ideal[k] as number));
      variance += ((weights[k] as number) * posterior.deviation) ** 2;
    }
    if (variance === 0) return Math.max(0, least - mean);
    const deviation = Math.sqrt(variance);
    return deviation * ramp((least - mean) / deviation);
  };
}

/** The integral, up to the least known, of the chance that all distances are below. */
function ofGreatest({ weights, ideal, least }: Direction) {
  function chanceBelow(distance: number, posteriors: readonly Posterior[]): number {
    let chance = 1;
    for (let k = 0; k < weights.length; k++) {
      const { mean, deviation } = posteriors[k] as Posterior;
      if (deviation === 0) continue;
      const cost = (ideal[k] as number) + distance / (weights[k] as number);
      chance *= normalCdf((cost - mean) / deviation);
    }
    return chance;
  }
  return (posteriors: readonly Posterior[]): number => {
    let from = -Infinity;
    for (let k = 0; k < weights.length; k++) {
      const { mean, deviation } = posteriors[k] as Posterior;
      const best = mean - farthest * deviation;
      from = Math.max(from, (weights[k] as number) * (best - (ideal[k] as number)));
    }
    if (from >= least) return 0;
    const middle = (least + from) / 2;
    const half = (least - from) / 2;
    let sum = 0;
    for (let i = 0; i < places.length; i++) {
      const step = half * (places[i] as number);
      const both = chanceBelow(middle - step, posteriors) + chanceBelow(middle + step, posteriors);
      sum += (shares[i] as number) * both;
    }
    return sum * half;
  };
}
