/**
 * Multi-objective tree-structured Parzen estimator, multivariate: Bergstra et al., "Algorithms for
 * Hyper-Parameter Optimization", NIPS 2011; Ozaki et al., "Multiobjective Tree-Structured Parzen
 * Estimator", JAIR 2022; joint density kernels over all parameters as in Falkner, Klein and Hutter, "BOHB", ICML
 * 2018. Of points drawn near the good trials, the one that is likeliest among them and unlikeliest among
 * the others.
 */
import type { Random } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Observation, Sampler, SamplerContext } from '../sampler.js';
import type { Genome } from '../space/index.js';
import { selectSurvivors } from './population.js';

export interface TpeOptions {
  /** Trials drawn at random before the first model. Default 10. */
  readonly initial?: number | undefined;
  /** Points drawn for each proposal. Default 48. */
  readonly candidates?: number | undefined;
}

/** So many good trials at most, and of the others so many of the latest: a proposal's cost stays bounded. */
const mostGood = 25;
const mostOthers = 1000;

/** A mixture of one density kernel a trial, and a uniform one for what is not known yet. */
interface Mixture {
  draw(random: Random): Genome;
  logDensity(genome: Genome): number;
}

export function createTpe(context: SamplerContext, options: TpeOptions = {}): Sampler {
  const { space, history, candidates } = context;
  const initial = options.initial ?? 10;
  const draws = options.candidates ?? 48;
  const counts = space.parameters.map((p) => p.values.length);
  const ordered = space.parameters.map((p) => p.values.length > 2 && isOrdered(p.values));

  /** How likely choice `b` is under a density kernel at choice `a`, as tables by parameter. */
  function tablesFor(size: number): Float64Array[] {
    return counts.map((count, i) => {
      const table = new Float64Array(count * count);
      // The narrower the more trials there are (Scott's rule), never so narrow that nothing new is drawn.
      const width = Math.max(0.4, (count / 4) * size ** (-1 / (counts.length + 4)));
      const away = count > 1 ? 1 / (1 + size) + 0.05 : 0;
      for (let a = 0; a < count; a++) {
        let sum = 0;
        for (let b = 0; b < count; b++) {
          const near = ordered[i] ? Math.exp(-0.5 * ((a - b) / width) ** 2) : a === b ? 1 : away;
          table[a * count + b] = near;
          sum += near;
        }
        for (let b = 0; b < count; b++) table[a * count + b] = (table[a * count + b] as number) / sum;
      }
      return table;
    });
  }

  function createMixture(members: readonly Observation[]): Mixture {
    const tables = tablesFor(members.length);
    const uniform = counts.reduce((product, count) => product / count, 1);
    return {
      draw(random) {
        const at = random.int(members.length + 1);
        if (at === members.length) return space.random(random);
        const { genome } = members[at] as Observation;
        const genes = counts.map((count, i) => {
          let left = random.next();
          const row = (genome[i] as number) * count;
          for (let b = 0; b < count - 1; b++) {
            left -= tables[i]?.[row + b] as number;
            if (left < 0) return b;
          }
          return count - 1;
        });
        return space.canonical(genes) as Genome;
      },
      logDensity(genome) {
        let total = uniform;
        for (const { genome: member } of members) {
          let product = 1;
          for (let i = 0; i < counts.length; i++) {
            const cell = (member[i] as number) * (counts[i] as number) + (genome[i] as number);
            product *= tables[i]?.[cell] as number;
          }
          total += product;
        }
        return Math.log(total / (members.length + 1));
      },
    };
  }

  function propose(seen: readonly Observation[], random: Random, taken: Taken): Candidate | undefined {
    const goodCount = Math.min(mostGood, Math.ceil(0.1 * seen.length) + (context.objectives > 1 ? 4 : 0));
    const good = selectSurvivors(seen, goodCount).map((r) => r.observation);
    const isGood = new Set(good);
    const others = seen.filter((o) => !isGood.has(o)).slice(-mostOthers);
    const [near, far] = [createMixture(good), createMixture(others)];
    let best: Candidate | undefined;
    let most = -Infinity;
    for (let i = 0; i < draws; i++) {
      const drawn = candidates.consider(near.draw(random));
      const candidate = drawn.violation > 0 ? candidates.repair(drawn, random, taken) : drawn;
      if (!candidate || taken(candidate.key)) continue;
      const ratio = near.logDensity(candidate.genome) - far.logDensity(candidate.genome);
      if (ratio > most) {
        most = ratio;
        best = candidate;
      }
    }
    return best;
  }

  /** The best among many are selected now and then: a window of the latest and the best before them. */
  let kept = { end: 0, best: [] as readonly Observation[] };
  function windowAt(horizon: number): readonly Observation[] {
    const end = horizon - (horizon % mostOthers);
    if (kept.end > end) kept = { end: 0, best: [] };
    while (kept.end < end) {
      const union = [...kept.best, ...history.between(kept.end, kept.end + mostOthers)];
      kept = { end: kept.end + mostOthers, best: selectSurvivors(union, 200).map((r) => r.observation) };
    }
    return [...kept.best, ...history.between(end, horizon)];
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon) {
      const random = context.random(`tpe/${id}/${horizon}`);
      const seen = windowAt(horizon);
      const taken: Taken = (key) => context.taken(key, id);
      const best = seen.length < initial ? undefined : propose(seen, random, taken);
      if (best) return { candidate: best, origin: 'model', parents: [] };
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}

function isOrdered(values: readonly unknown[]): boolean {
  return values.every((v, i) => typeof v === 'number' && (i === 0 || v > (values[i - 1] as number)));
}
