/** Environmental selection: which of many observations live on. */
import { crowdingDistance, nonDominatedSort } from '../../pareto/index.js';
import type { Observation } from '../sampler.js';

/** A survivor with its place: lower rank is better, then larger crowding distance. */
export interface Ranked {
  readonly observation: Observation;
  readonly rank: number;
  readonly crowding: number;
}

/** Chooses who lives on, best first. Pure in what it is given. */
export type Select = (observations: readonly Observation[], size: number) => Ranked[];

/**
 * The best `size` observations by constrained dominance (Deb et al. 2002, section VI): those that meet
 * the outcome constraints come first, front by front; then the others by their violation. The last
 * front that fits in part is thinned by crowding distance.
 */
export function selectSurvivors(observations: readonly Observation[], size: number): Ranked[] {
  const feasible = observations.filter((o) => o.violation === 0);
  const costs = feasible.map((o) => o.costs);
  const fronts = nonDominatedSort(costs);
  const survivors: Ranked[] = [];
  for (const [rank, front] of fronts.entries()) {
    if (survivors.length >= size) break;
    const crowding = crowdingDistance(costs, front);
    const ranked = front.map((i, place) => ({
      observation: feasible[i] as Observation,
      rank,
      crowding: crowding[place] as number,
    }));
    ranked.sort((a, b) => b.crowding - a.crowding || a.observation.id - b.observation.id);
    survivors.push(...ranked.slice(0, size - survivors.length));
  }
  if (survivors.length < size) {
    const rest = observations.filter((o) => o.violation > 0);
    rest.sort((a, b) => a.violation - b.violation || a.id - b.id);
    const ranked = rest.map((observation, i) => ({ observation, rank: fronts.length + i, crowding: 0 }));
    survivors.push(...ranked.slice(0, size - survivors.length));
  }
  return survivors;
}

/** Whether `a` wins a tournament against `b`. */
export function beats(a: Ranked, b: Ranked): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.crowding !== b.crowding) return a.crowding > b.crowding;
  return a.observation.id < b.observation.id;
}
