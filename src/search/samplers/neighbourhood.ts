/** The neighbours of one point, in an order drawn once. */
import type { Random } from '../../base/index.js';
import type { Candidate, Candidates, Taken } from '../candidates.js';
import type { Genome, Space } from '../space/index.js';

export interface Neighbourhood {
  /** The next neighbour that may become a trial. Those passed over are taken, or never feasible. */
  next(taken: Taken): Candidate | undefined;
}

export function createNeighbourhood(
  space: Space<unknown>,
  candidates: Candidates,
  genome: Genome,
  random: Random,
): Neighbourhood {
  const steps = random.shuffle([...space.steps(genome)]);
  let cursor = 0;
  return {
    next(taken) {
      for (; cursor < steps.length; cursor++) {
        const neighbour = space.after(genome, steps[cursor] as (typeof steps)[number]);
        const key = space.key(neighbour);
        if (taken(key)) continue;
        const candidate = candidates.consider(neighbour, key);
        if (candidate.violation === 0) return candidate;
      }
      return undefined;
    },
  };
}
