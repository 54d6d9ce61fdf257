/**
 * Successive halving with several objectives: Schmucker, Donini, Zafar, Salinas and Archambeau,
 * "Multi-objective Asynchronous Successive Halving", 2021. Whenever a worker is free, the best trial of the
 * highest rung that has one to promote continues from its checkpoint with the next budget; else a new
 * candidate begins with the smallest. Promotions are trials of their own, with the same genome, and follow
 * the rule of determinism: they depend on results below the horizon alone.
 */
import { MixnasError } from '../../base/index.js';
import type { Taken } from '../candidates.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import { selectSurvivors } from './population.js';

/** So many new candidates come from the best instead of from anywhere. */
const bredShare = 0.5;
const parentCount = 20;
const attempts = 20;
/** Of a rung that has more, the latest so many compete: a proposal then costs the same in a study of any length. */
const competitors = 1000;

export function createMoAsha(context: SamplerContext): Sampler {
  const { space, candidates, history, fidelity } = context;
  if (!fidelity) {
    throw new MixnasError('bad-config', 'The sampler mo-asha needs `fidelity` with its rungs.', {
      remedy: 'Add fidelity: { rungs: [100, 300, 900] }, say, or choose another sampler.',
    });
  }
  const { rungs, reductionFactor } = fidelity;
  /** Results by rung, of the trials below `absorbed`. */
  let results: Observation[][] = rungs.map(() => []);
  /** By rung the best of the first results, whole lots of them. */
  let elites: { readonly count: number; readonly best: readonly Observation[] }[] = [];
  let absorbed = 0;

  function absorb(horizon: number): void {
    if (horizon < absorbed) {
      results = rungs.map(() => []);
      elites = [];
      absorbed = 0;
    }
    for (const observation of history.between(absorbed, horizon))
      results[observation.rung]?.push(observation);
    absorbed = horizon;
  }

  function promotion(id: number): Proposal | undefined {
    for (let rung = rungs.length - 2; rung >= 0; rung--) {
      const members = (results[rung] as Observation[]).slice(-competitors);
      const allowed = Math.floor(members.length / reductionFactor);
      const isPromoted = ({ id: member }: Observation) => context.promoted(member, id);
      // Who was among the best once may not be any more; without this count more would be promoted.
      if (members.filter(isPromoted).length >= allowed) continue;
      const next = selectSurvivors(members, allowed)
        .map((r) => r.observation)
        .find((member) => !isPromoted(member) && member.violation === 0);
      if (!next) continue;
      const candidate = candidates.consider(next.genome);
      return { candidate, origin: 'promotion', parents: [next.id], rung: rung + 1 };
    }
    return undefined;
  }

  /** Of the highest rung with a few results, the best. */
  function parents(): readonly Observation[] {
    const rung = results.findLastIndex((members) => members.length >= reductionFactor);
    const full = results[rung] ?? [];
    let elite = elites[rung] ?? { count: 0, best: [] };
    const bestOf = (end?: number) =>
      selectSurvivors([...elite.best, ...full.slice(elite.count, end)], parentCount).map(
        (r) => r.observation,
      );
    for (let end = elite.count + competitors; end <= full.length; end += competitors) {
      elite = { count: end, best: bestOf(end) };
      elites[rung] = elite;
    }
    return bestOf();
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon) {
      absorb(horizon);
      const promoted = promotion(id);
      if (promoted) return promoted;
      const random = context.random(`halving/${id}/${horizon}`);
      const taken: Taken = (key) => context.taken(key, id);
      const from = random.next() < bredShare ? parents() : [];
      for (let i = 0; i < attempts && from.length > 0; i++) {
        const [a, b] = [random.pick(from), random.pick(from)];
        const child = candidates.consider(
          space.mutate(space.crossover(a.genome, b.genome, random), random, a.values),
        );
        const candidate = child.violation > 0 ? candidates.repair(child, random, taken) : child;
        if (candidate && !taken(candidate.key)) {
          return { candidate, origin: 'crossover', parents: [a.id, b.id], rung: 0 };
        }
      }
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [], rung: 0 };
    },
  };
}
