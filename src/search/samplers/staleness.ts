/** For how long a search has found nothing new for its front. */
import { weaklyDominates } from '../../pareto/index.js';
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
