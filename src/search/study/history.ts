/** The results so far as samplers read them. */
import type { History, Observation } from '../sampler.js';

/** @param observations by ascending id; may grow. */
export function historyOf(observations: readonly Observation[]): History {
  /** The place of the first observation with an id of at least `id`. */
  function placeOf(id: number): number {
    let low = 0;
    let high = observations.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((observations[middle] as Observation).id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  return { between: (first, end) => observations.slice(placeOf(first), placeOf(end)) };
}
