/**
 * Regularised evolution: Real, Aggarwal, Huang and Le, "Regularized Evolution for Image Classifier
 * Architecture Search", AAAI 2019. Of the youngest trials a sample is drawn, its best is mutated, and the
 * oldest drop out however good they were. With several objectives "best" is by non-dominated rank, then
 * by crowding.
 */
import type { Random } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Observation, Sampler, SamplerContext } from '../sampler.js';
import { selectSurvivors } from './population.js';

export interface AgingOptions {
  /** How many of the youngest trials are alive. Default 50. */
  readonly population?: number | undefined;
  /** How many of them compete to become a parent. Default 10. */
  readonly sample?: number | undefined;
}

const attempts = 40;

export function createAging(context: SamplerContext, options: AgingOptions = {}): Sampler {
  const population = options.population ?? 50;
  const sample = Math.min(population, options.sample ?? 10);

  /** The last observations below an id; failed trials leave gaps, so it may reach back further. */
  function youngest(end: number): readonly Observation[] {
    for (let reach = 2 * population; ; reach *= 2) {
      const found = context.history.between(Math.max(0, end - reach), end);
      if (found.length >= population || reach >= end) return found.slice(-population);
    }
  }

  function child(parent: Observation, random: Random, taken: Taken): Candidate | undefined {
    for (let i = 0; i < attempts; i++) {
      const genome = context.space.mutate(parent.genome, random, parent.values);
      const key = context.space.key(genome);
      if (taken(key)) continue;
      const mutant = context.candidates.consider(genome, key);
      const candidate = mutant.violation > 0 ? context.candidates.repair(mutant, random, taken) : mutant;
      if (candidate) return candidate;
    }
    return undefined;
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon) {
      const random = context.random(`aging/${id}/${horizon}`);
      const alive = youngest(horizon);
      if (alive.length > 0 && horizon >= Math.min(population, sample * 2)) {
        const drawn = Array.from({ length: sample }, () => random.pick(alive));
        const parent = selectSurvivors([...new Set(drawn)], 1)[0]?.observation;
        const candidate = parent && child(parent, random, (key) => context.taken(key, id));
        if (candidate) return { candidate, origin: 'mutation', parents: [parent.id] };
      }
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}
