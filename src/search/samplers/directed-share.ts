/**
 * How often a model's proposals go for progress in a direction: the more hypervolume that gained lately, the more often
 * (probability matching; Thierens, "An Adaptive Pursuit Strategy for Allocating Operator Probabilities", GECCO 2005).
 * Directions find the ends of a front, and later nothing; then the expected hypervolume fills it in.
 */
import { createHypervolume } from '../../pareto/index.js';
import type { Observation } from '../sampler.js';
import type { Origin } from '../trial.js';

const atFirst = 0.5;
/** Neither is given up: what brings in nothing now may do so later. */
const least = 0.15;

/** Older proposals are not representative: the search has moved on since. */
const lately = 100;
/** Of fewer observations nothing is concluded. */
const fewest = 20;
/** The prior: so many proposals of each way that gained the mean are added to those seen. */
const prior = 5;

/**
 * The share of proposals that go for progress in a direction; the others go for hypervolume.
 * @param seen in the order of their ids.
 * @param reference costs up to which hypervolume counts.
 */
export function directedShare(seen: readonly Observation[], reference: Float64Array): number {
  if (seen.length < fewest) return atFirst;
  const archive = createHypervolume(reference);
  const recent = seen
    .map(({ origin, costs, violation }) => ({ origin, gain: violation === 0 ? archive.add(costs) : 0 }))
    .slice(-lately);
  const gainsOf = (way: Origin) => {
    const own = recent.filter(({ origin }) => origin === way);
    return { sum: own.reduce((total, { gain }) => total + gain, 0), count: own.length };
  };
  const [direction, model] = [gainsOf('direction'), gainsOf('model')];
  const sum = direction.sum + model.sum;
  if (sum === 0) return atFirst;
  const mean = sum / (direction.count + model.count);
  const rateOf = (gain: typeof model) => (gain.sum + prior * mean) / (gain.count + prior);
  const share = rateOf(direction) / (rateOf(direction) + rateOf(model));
  return Math.min(1 - least, Math.max(least, share));
}
