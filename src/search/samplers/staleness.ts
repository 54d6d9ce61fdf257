/** For how long a search has found nothing new for its front, or next to nothing. */
import { hypervolume, weaklyDominates } from '../../pareto/index.js';
import type { History, Observation } from '../sampler.js';

/**
 * @returns a function of a horizon: how many of the observations below it came after the last one that no
 * earlier one covered. It depends on the history alone.
 */
export function createStaleness(history: History): (horizon: number) => number {
  let front: Observation[] = [];
  let absorbed = 0;
  let since = 0;

  return (horizon) => {
    if (horizon < absorbed) {
      front = [];
      absorbed = 0;
      since = 0;
    }
    for (const observation of history.between(absorbed, horizon)) {
      since++;
      if (observation.violation > 0) continue;
      const { costs } = observation;
      if (front.some((o) => weaklyDominates(o.costs, costs))) continue;
      front = front.filter((o) => !weaklyDominates(costs, o.costs));
      front.push(observation);
      since = 0;
    }
    absorbed = horizon;
    return since;
  };
}

/** So many observations say whether a search gets on. */
const window = 50;
/** By less than this share of the hypervolume it hardly does. */
const leastGain = 1e-3;

/** Whether the last of the observations have hardly added to the hypervolume, up to the worst costs of all. */
export function isSlow(observations: readonly Observation[]): boolean {
  const costsOf = (some: readonly Observation[]) => some.filter((o) => o.violation === 0).map((o) => o.costs);
  const all = costsOf(observations);
  const reference = all[0]?.map((_, k) =>
    all.reduce((worst, costs) => Math.max(worst, costs[k] as number), -Infinity),
  );
  if (!reference) return false;
  const before = hypervolume(costsOf(observations.slice(0, -window)), reference);
  return hypervolume(all, reference) <= before * (1 + leastGain);
}
