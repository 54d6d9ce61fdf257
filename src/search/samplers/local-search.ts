/**
 * Pareto local search: Paquete, Chiarandini and Stuetzle, "Pareto Local Optimum Sets in the Biobjective
 * Traveling Salesman Problem", 2004; on cells of networks it needs few queries (White, Nolen and Savani,
 * "Exploring the Loss Landscape in Neural Architecture Search", UAI 2021). The neighbours of the points on
 * the front are tried in turn; once all of them are known, longer jumps from the front are.
 */
import type { Random } from '../../base/index.js';
import { dominates } from '../../pareto/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import { createNeighbourhood, type Neighbourhood } from './neighbourhood.js';

export interface LocalSearchOptions {
  /** Trials drawn at random before the search begins. Default 10. */
  readonly initial?: number | undefined;
}

/** A point of the front, and what is around it. */
interface Place {
  readonly observation: Observation;
  around: Neighbourhood | undefined;
}

const jumps = 40;

export function createLocalSearch(context: SamplerContext, options: LocalSearchOptions = {}): Sampler {
  const { space, candidates, history } = context;
  const initial = options.initial ?? 10;
  /** The front of the first `absorbed` trials' results: a function of them alone. */
  let archive: Place[] = [];
  let absorbed = 0;

  function absorb(horizon: number): void {
    if (horizon < absorbed) {
      archive = [];
      absorbed = 0;
    }
    for (const observation of history.between(absorbed, horizon)) {
      if (archive.some((p) => beats(p.observation, observation))) continue;
      archive = archive.filter((p) => !beats(observation, p.observation));
      archive.push({ observation, around: undefined });
    }
    absorbed = horizon;
  }

  function nextNeighbour(place: Place, taken: Taken): Candidate | undefined {
    const { id, genome } = place.observation;
    place.around ??= createNeighbourhood(space, candidates, genome, context.random(`local/around/${id}`));
    return place.around.next(taken);
  }

  function jump(random: Random, taken: Taken): Proposal | undefined {
    for (let i = 0; i < jumps; i++) {
      const { observation } = random.pick(archive);
      let genome = observation.genome;
      for (let step = 0; step < 2 + (i >> 3); step++)
        genome = space.mutate(genome, random, observation.values);
      const far = candidates.consider(genome);
      const candidate = far.violation > 0 ? candidates.repair(far, random, taken) : far;
      if (candidate && !taken(candidate.key)) {
        return { candidate, origin: 'mutation', parents: [observation.id] };
      }
    }
    return undefined;
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon) {
      const random = context.random(`local/${id}/${horizon}`);
      const taken: Taken = (key) => context.taken(key, id);
      if (horizon >= initial) {
        absorb(horizon);
        // The first place is drawn; from there on round the front.
        const start = archive.length > 0 ? random.int(archive.length) : 0;
        for (let i = 0; i < archive.length; i++) {
          const place = archive[(start + i) % archive.length] as Place;
          const candidate = nextNeighbour(place, taken);
          if (candidate) return { candidate, origin: 'local', parents: [place.observation.id] };
        }
        const far = archive.length > 0 ? jump(random, taken) : undefined;
        if (far) return far;
      }
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}

/** Whether `a` keeps `b` off the archive: by violation first, then by dominance. */
function beats(a: Observation, b: Observation): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return dominates(a.costs, b.costs);
}
