/** Up to where hypervolume counts for a model's proposals. */
import type { Observation } from '../sampler.js';

/** While little is known, what counts reaches to this share of the costs at least. */
const usualShare = 0.5;

/** With so many results, and a front of so many points, it is known where the front ends. */
const knownResults = 60;
const knownFront = 4;

/**
 * Up to where hypervolume counts: at first the worst cost seen in each objective, so that the ends of the front
 * are searched; later the worst that meets the outcome constraints, since nothing can be gained beyond them, and a
 * tenth of the front's length beyond its ends, as BoTorch does, so that its middle is searched. The latter only where
 * a front is given: in a space that is enumerated as a whole the ends must not drop out.
 */
export function referenceOf(data: readonly Observation[], front: readonly Float64Array[]): Float64Array {
  const met = data.filter((o) => o.violation === 0);
  const counted = data.length < knownResults || met.length < knownFront ? data : met;
  const worst = (counted[0]?.costs ?? new Float64Array(0)).slice();
  for (const { costs } of counted)
    costs.forEach((cost, k) => (worst[k] = Math.max(worst[k] as number, cost)));
  // What breaks outcome constraints may be far worse than all that counts: hypervolume would then be that of one objective.
  if (met.length > 0 && met.length < counted.length) {
    worst.forEach((_, k) => {
      const column = counted.map(({ costs }) => costs[k] as number).sort((a, b) => a - b);
      const usual = column[Math.floor(usualShare * (column.length - 1))] as number;
      worst[k] = met.reduce((most, { costs }) => Math.max(most, costs[k] as number), usual);
    });
  }
  if (data.length < knownResults || front.length < knownFront) return worst;
  return worst.map((most, k) => {
    const column = front.map((costs) => costs[k] as number);
    const low = column.reduce((a, b) => Math.min(a, b));
    const high = column.reduce((a, b) => Math.max(a, b));
    return high > low ? Math.min(most, high + 0.1 * (high - low)) : most;
  });
}
