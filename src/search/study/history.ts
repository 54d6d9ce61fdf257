/** The results so far as samplers read them. */
import { bisect } from '../../base/index.js';
import type { History, Observation } from '../sampler.js';

/** @param observations by ascending id; may grow. */
export function historyOf(observations: readonly Observation[]): History {
  /** The place of the first observation with an id of at least `id`. */
  const placeOf = (id: number): number =>
    bisect(observations.length, (place) => (observations[place] as Observation).id < id);
  return { between: (first, end) => observations.slice(placeOf(first), placeOf(end)) };
}
