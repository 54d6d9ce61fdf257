/**
 * Evolution by generations on a discrete space. A child is a crossover of two tournament winners and then
 * a mutation, drawn again until it is new: no point is evaluated twice. What sets NSGA-II and NSGA-III
 * apart is how survivors are chosen, which is given.
 */
import type { Random } from '../../base/index.js';
import type { Taken } from '../candidates.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import { type Ranked, type Select, beats } from './population.js';

export interface GeneticOptions {
  /** Trials a generation. Default 20. */
  readonly population?: number | undefined;
  /** Chance that a child has two parents. Default 0.9. */
  readonly crossover?: number | undefined;
}

const attempts = 40;

/** Chance that a mixture of two parents is also mutated. */
const mutationRate = 0.5;

/** @param name labels the random streams. */
export function createGenetic(
  context: SamplerContext,
  name: string,
  select: Select,
  options: GeneticOptions = {},
): Sampler {
  const size = options.population ?? 20;
  const crossoverRate = options.crossover ?? 0.9;
  const { space, candidates, history } = context;

  /** Survivors after each whole generation, computed in order; pure in the history. */
  const survivors: Observation[][] = [];
  function after(generations: number): Observation[] {
    for (let g = survivors.length; g < generations; g++) {
      const born = history.between(g * size, (g + 1) * size);
      const union = [...(survivors[g - 1] ?? []), ...born];
      survivors.push(select(union, size).map((r) => r.observation));
    }
    return survivors[generations - 1] ?? [];
  }

  function parentsAt(horizon: number): Ranked[] {
    const whole = Math.floor(horizon / size);
    const rest = history.between(whole * size, horizon);
    return select([...after(whole), ...rest], size);
  }

  function breed(parents: readonly Ranked[], random: Random, taken: Taken): Proposal | undefined {
    const win = (): Ranked => {
      const a = random.pick(parents);
      const b = random.pick(parents);
      return beats(a, b) ? a : b;
    };
    for (let i = 0; i < attempts; i++) {
      const a = win().observation;
      const b = parents.length > 1 && random.next() < crossoverRate ? win().observation : a;
      const mixed = a === b ? a.genome : space.crossover(a.genome, b.genome, random);
      // A mixture that is new may stay as it is; a copy of one parent must change.
      const change = a === b || random.next() < mutationRate || taken(space.key(mixed));
      const genome = change ? space.mutate(mixed, random, a.values) : mixed;
      // Before it is priced, which is the costly part.
      const key = space.key(genome);
      if (taken(key)) continue;
      const child = candidates.consider(genome, key);
      const candidate = child.violation > 0 ? candidates.repair(child, random, taken) : child;
      if (!candidate) continue;
      return a === b
        ? { candidate, origin: 'mutation', parents: [a.id] }
        : { candidate, origin: 'crossover', parents: [a.id, b.id] };
    }
    return undefined;
  }

  /** The generation being asked for: its parents, its stream, and the next id to draw for. */
  let current = { first: -1, horizon: -1, parents: [] as Ranked[], random: context.random(''), next: 0 };

  function proposeNext(id: number): Proposal | undefined {
    const { parents, random } = current;
    const taken: Taken = (key) => context.taken(key, id);
    const bred = parents.length > 0 ? breed(parents, random, taken) : undefined;
    if (bred) return bred;
    const candidate = context.fresh(random, id);
    return candidate && { candidate, origin: 'random', parents: [] };
  }

  return {
    needs: (id) => id - (id % size),
    propose(id, horizon) {
      // A generation is one stream. An id asked for before its generation is due gets its own.
      const first = horizon === id - (id % size) ? horizon : id;
      if (current.first !== first || current.horizon !== horizon || current.next > id) {
        const random = context.random(`${name}/${first}/${horizon}`);
        current = { first, horizon, parents: parentsAt(horizon), random, next: first };
      }
      let proposal: Proposal | undefined;
      for (; current.next <= id; current.next++) proposal = proposeNext(current.next);
      return proposal;
    },
  };
}
