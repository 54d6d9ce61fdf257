/**
 * NSGA-III, for more than three objectives: Deb and Jain, "An Evolutionary Many-Objective Optimization
 * Algorithm Using Reference-Point-Based Nondominated Sorting Approach", IEEE TEVC 2014. The last front that
 * fits in part is thinned so that every reference direction keeps about as many survivors.
 */
import { nonDominatedSort } from '../../pareto/index.js';
import type { Observation, Sampler, SamplerContext } from '../sampler.js';
import { type GeneticOptions, createGenetic } from './genetic.js';
import { type Ranked, selectSurvivors } from './population.js';

export function createNsga3(context: SamplerContext, options: GeneticOptions = {}): Sampler {
  const population = options.population ?? 40;
  const directions = referenceDirections(context.objectives, population);
  const select = (observations: readonly Observation[], size: number) =>
    selectByNiche(observations, size, directions);
  return createGenetic(context, 'nsga3', select, { ...options, population });
}

/**
 * The finest simplex lattice (Das and Dennis 1998) of at most `most` directions, with an inner one at half
 * its size where the outer has no point inside.
 */
export function referenceDirections(objectives: number, most: number): readonly Float64Array[] {
  if (objectives === 1) return [Float64Array.of(1)];
  let parts = 1;
  while (latticeSize(objectives, parts + 1) <= most) parts++;
  const outer = lattice(objectives, parts);
  if (parts >= objectives) return outer;
  const inner = lattice(objectives, parts).map((d) => d.map((v) => v / 2 + 0.5 / objectives));
  return [...outer, ...inner];
}

function latticeSize(objectives: number, parts: number): number {
  let size = 1;
  for (let i = 1; i < objectives; i++) size = (size * (parts + i)) / i;
  return size;
}

function lattice(objectives: number, parts: number): Float64Array[] {
  const found: Float64Array[] = [];
  const fill = (head: readonly number[], left: number): void => {
    if (head.length === objectives - 1) {
      found.push(Float64Array.from([...head, left], (v) => v / parts));
      return;
    }
    for (let v = 0; v <= left; v++) fill([...head, v], left - v);
  };
  fill([], parts);
  return found;
}

/** Survivors by front and niche; those that break outcome constraints come last, as in NSGA-II. */
export function selectByNiche(
  observations: readonly Observation[],
  size: number,
  directions: readonly Float64Array[],
): Ranked[] {
  const feasible = observations.filter((o) => o.violation === 0);
  if (feasible.length <= size) return selectSurvivors(observations, size);
  const costs = feasible.map((o) => o.costs);
  const fronts = nonDominatedSort(costs);
  const chosen: number[] = [];
  const rankOf = new Map<number, number>();
  let partial: readonly number[] = [];
  for (const [rank, front] of fronts.entries()) {
    for (const i of front) rankOf.set(i, rank);
    if (chosen.length + front.length > size) {
      partial = front;
      break;
    }
    chosen.push(...front);
    if (chosen.length === size) break;
  }
  const niche = associate(costs, fronts[0] as readonly number[], [...chosen, ...partial], directions);
  const counts = new Int32Array(directions.length);
  for (const i of chosen) counts[niche.of(i)] = (counts[niche.of(i)] as number) + 1;
  const waiting = new Set(partial);
  while (chosen.length < size && waiting.size > 0) {
    // Of the least crowded direction that has someone waiting, the one nearest to it.
    const next = [...waiting].reduce((best, i) => {
      const fewer = (counts[niche.of(i)] as number) - (counts[niche.of(best)] as number);
      return fewer < 0 || (fewer === 0 && niche.distance(i) < niche.distance(best)) ? i : best;
    });
    waiting.delete(next);
    chosen.push(next);
    counts[niche.of(next)] = (counts[niche.of(next)] as number) + 1;
  }
  return chosen.map((i) => ({
    observation: feasible[i] as Observation,
    rank: rankOf.get(i) as number,
    crowding: -(counts[niche.of(i)] as number),
  }));
}

/** The nearest direction of each point, and how far it is, after moving the ideal to 0 and the nadir to 1. */
function associate(
  costs: readonly Float64Array[],
  first: readonly number[],
  members: readonly number[],
  directions: readonly Float64Array[],
) {
  const objectives = directions[0]?.length ?? 0;
  const ideal = new Float64Array(objectives).fill(Infinity);
  const nadir = new Float64Array(objectives).fill(-Infinity);
  for (const i of first) {
    costs[i]?.forEach((cost, k) => {
      ideal[k] = Math.min(ideal[k] as number, cost);
      nadir[k] = Math.max(nadir[k] as number, cost);
    });
  }
  const places = new Map<number, { readonly direction: number; readonly distance: number }>();
  for (const i of members) {
    const point = (costs[i] as Float64Array).map((cost, k) => {
      const width = (nadir[k] as number) - (ideal[k] as number);
      return (cost - (ideal[k] as number)) / (width || 1);
    });
    let best = { direction: 0, distance: Infinity };
    directions.forEach((direction, d) => {
      let along = 0;
      let length = 0;
      let norm = 0;
      for (let k = 0; k < objectives; k++) {
        along += (point[k] as number) * (direction[k] as number);
        length += (direction[k] as number) ** 2;
        norm += (point[k] as number) ** 2;
      }
      const distance = norm - (along * along) / length;
      if (distance < best.distance) best = { direction: d, distance };
    });
    places.set(i, best);
  }
  return {
    of: (i: number) => places.get(i)?.direction as number,
    distance: (i: number) => places.get(i)?.distance as number,
  };
}
