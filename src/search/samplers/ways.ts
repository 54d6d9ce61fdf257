/**
 * How often each way of proposing is taken: the more hypervolume its proposals brought in lately, the more often
 * (probability matching; Thierens, "An Adaptive Pursuit Strategy for Allocating Operator Probabilities", GECCO 2005).
 * Directions find the ends of a front, and later nothing; the expected hypervolume fills it in; and where models are
 * wrong, neighbours of the front bring in what none of them hopes for.
 */
import { createHypervolume } from '../../pareto/index.js';
import type { Observation } from '../sampler.js';

export type Way = 'direction' | 'model' | 'mutation';
export type Shares = Readonly<Record<Way, number>>;

const atFirst: Shares = { direction: 0.45, model: 0.45, mutation: 0.1 };
/** None is given up: what brings in nothing now may do so later. */
const atLeast: Shares = { direction: 0.15, model: 0.15, mutation: 0.05 };
const ways = Object.keys(atFirst) as Way[];

/** Proposals further back tell of another time. */
const lately = 100;
/** Of fewer observations nothing is concluded. */
const fewest = 20;
/** So many proposals of each way that brought in the mean count beside those seen. */
const prior = 5;

/**
 * @param seen in the order of their ids.
 * @param reference costs up to which hypervolume counts.
 */
export function sharesOf(seen: readonly Observation[], reference: Float64Array): Shares {
  if (seen.length < fewest) return atFirst;
  const archive = createHypervolume(reference);
  const gained = seen.map(({ costs, violation }) => (violation === 0 ? archive.add(costs) : 0));
  const gains = new Map(ways.map((way) => [way, { sum: 0, count: 0 }]));
  for (const [i, { origin }] of [...seen.entries()].slice(-lately)) {
    const gain = gains.get(origin as Way);
    if (!gain) continue;
    gain.sum += gained[i] as number;
    gain.count++;
  }
  const all = [...gains.values()];
  const sum = all.reduce((total, gain) => total + gain.sum, 0);
  if (sum === 0) return atFirst;
  const mean = sum / all.reduce((total, { count }) => total + count, 0);
  return normalised((way) => {
    const { sum, count } = gains.get(way) as { sum: number; count: number };
    return (atFirst[way] * (sum + prior * mean)) / (count + prior);
  });
}

/** Shares in proportion to weights, none of them below its least. */
function normalised(weightOf: (way: Way) => number): Shares {
  const weights = ways.map(weightOf);
  const total = weights.reduce((a, b) => a + b, 0);
  const raised = ways.map((way, i) => Math.max(atLeast[way], (weights[i] as number) / total));
  const sum = raised.reduce((a, b) => a + b, 0);
  return Object.fromEntries(ways.map((way, i) => [way, (raised[i] as number) / sum])) as Record<Way, number>;
}

/** The way that a number from 0 to 1 falls on. */
export function wayAt(shares: Shares, drawn: number): Way {
  let end = 0;
  return ways.find((way) => drawn < (end += shares[way])) ?? 'model';
}
