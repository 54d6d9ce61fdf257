/**
 * Predictor-guided evolution: many children are bred and only the most promising one becomes a trial (Dudziak
 * et al., "BRP-NAS", NeurIPS 2020; White et al., "How Powerful are Performance Predictors in Neural
 * Architecture Search?", NeurIPS 2021). The prediction is a cheap score that `price` gives, such as a
 * zero-cost proxy, or a surrogate fitted to the results. Either is checked on results it has not seen:
 * while its rank correlation is too low, the first child is taken without a prediction.
 */
import { type Random, spearman } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import { createJointBook, createScale, type Encoded, createSurrogate } from '../model/index.js';
import type { Observation, Proposal, Sampler, SamplerContext } from '../sampler.js';
import type { Genome } from '../space/index.js';
import { activeData } from './active-data.js';
import { type Ranked, beats, selectSurvivors } from './population.js';

export interface PredictorOptions {
  /** A metric of `price` that is larger for better candidates, used instead of a surrogate. */
  readonly score?: string | undefined;
  /** Children bred for each trial. Default 40. */
  readonly children?: number | undefined;
  /** Trials drawn at random first. Default 20. */
  readonly initial?: number | undefined;
}

const parentCount = 30;
/** From this rank correlation on a prediction counts. */
const leastTrust = 0.3;
/** Of equal values nothing can be learned, so they earn no trust. */
const isTrusted = (predicted: readonly number[], found: readonly number[]): boolean =>
  (spearman(predicted, found) ?? 0) >= leastTrust;

/** Predicted costs of a candidate, or a place by score; undefined while there is nothing to trust. */
type Predict = (candidate: Candidate) => Float64Array;

export function createPredictor(context: SamplerContext, options: PredictorOptions = {}): Sampler {
  const { space, history, candidates } = context;
  const { score, children = 40, initial = 20 } = options;
  const book = createJointBook(space.columns);
  const example = candidates.consider(space.random(context.random('predictor/example')));
  const models = Array.from({ length: context.objectives }, (_, k) =>
    context.knownCost(example.known, k) === undefined
      ? createSurrogate(space.columns, book, (values) => createScale('blended', values))
      : undefined,
  );
  const rows = new Map<number, Encoded>();
  const encode = (genome: Genome): Encoded => {
    const features = space.features(genome);
    return { features, codes: book.encode(features) };
  };
  const rowOf = ({ id, genome }: Observation): Encoded => {
    const row = rows.get(id) ?? encode(genome);
    rows.set(id, row);
    return row;
  };

  /** By non-dominated rank among all, 0 the best: what both predictions and results are compared by. */
  function placesOf(observations: readonly Observation[]): number[] {
    const ranked = selectSurvivors(observations, observations.length);
    const rank = new Map(ranked.map((r) => [r.observation, r.rank]));
    return observations.map((o) => rank.get(o) as number);
  }

  function byScore(seen: readonly Observation[]): Predict | undefined {
    const metric = score as string;
    const scoreOf = (candidate: Candidate) => -(candidate.known[metric] ?? 0);
    const scores = seen.slice(-200).map((o) => scoreOf(candidates.consider(o.genome)));
    if (!isTrusted(scores, placesOf(seen.slice(-200)))) return undefined;
    return (candidate) => Float64Array.of(scoreOf(candidate));
  }

  let kept: { readonly checkpoint: number; readonly predict: Predict | undefined } | undefined;

  /** Fitted to the older three quarters of what a checkpoint knows, and trusted by the rest of it. */
  function bySurrogate(seen: readonly Observation[]): Predict | undefined {
    const { data, fixed, checkpoint } = activeData(seen);
    if (kept?.checkpoint === checkpoint) return kept.predict;
    const known = data.slice(0, fixed);
    const learned = Math.floor(0.75 * known.length);
    const unseen = known.slice(learned);
    const update = (part: readonly Observation[]) => {
      models.forEach((model, k) =>
        model?.update(
          part.map(rowOf),
          part.map((o) => o.costs[k] as number),
          learned,
          checkpoint,
          [],
        ),
      );
    };
    const predict: Predict = (candidate) => {
      const { codes } = encode(candidate.genome);
      return Float64Array.from(models, (model, k) =>
        model
          ? model.scale.from(model.process.posteriorBound(codes).mean)
          : (context.knownCost(candidate.known, k) as number),
      );
    };
    update(known.slice(0, learned));
    const guessed = unseen.map((o) => ({ ...o, costs: predict(candidates.consider(o.genome)) }));
    const trusted = models.every((model, k) => {
      const column = (all: readonly Observation[]) => all.map((o) => o.costs[k] as number);
      return !model || isTrusted(column(guessed), column(unseen));
    });
    update(known);
    kept = { checkpoint, predict: trusted ? predict : undefined };
    return kept.predict;
  }

  function breed(parents: readonly Ranked[], random: Random, taken: Taken): Proposal | undefined {
    const win = (): Observation => {
      const [a, b] = [random.pick(parents), random.pick(parents)];
      return beats(a, b) ? a.observation : b.observation;
    };
    for (let i = 0; i < 20; i++) {
      const [a, b] = [win(), win()];
      const child = candidates.consider(
        space.mutate(space.crossover(a.genome, b.genome, random), random, a.values),
      );
      const candidate = child.violation > 0 ? candidates.repair(child, random, taken) : child;
      if (!candidate || taken(candidate.key)) continue;
      return a === b
        ? { candidate, origin: 'mutation', parents: [a.id] }
        : { candidate, origin: 'crossover', parents: [a.id, b.id] };
    }
    return undefined;
  }

  /** The best of many children as the prediction has it, with the parents around as company on the front. */
  function choose(seen: readonly Observation[], random: Random, taken: Taken): Proposal | undefined {
    const parents = selectSurvivors(seen, parentCount);
    const predict = score === undefined ? bySurrogate(seen) : byScore(seen);
    if (!predict) return breed(parents, random, taken);
    const bred = new Map<string, Proposal>();
    for (let i = 0; i < children; i++) {
      const child = breed(parents, random, taken);
      if (child) bred.set(child.candidate.key, child);
    }
    const proposals = [...bred.values()];
    const guesses = proposals.map(({ candidate }, i) => ({
      id: i,
      origin: 'model' as const,
      genome: candidate.genome,
      values: candidate.known,
      costs: predict(candidate),
      excess: new Float64Array(0),
      violation: 0,
      rung: 0,
    }));
    const best = selectSurvivors(guesses, Math.min(guesses.length, 3));
    return best.length === 0 ? undefined : proposals[random.pick(best).observation.id];
  }

  return {
    needs: (id) => Math.max(0, id - context.parallel + 1),
    propose(id, horizon) {
      const random = context.random(`predictor/${id}/${horizon}`);
      const seen = history.between(Math.max(0, horizon - 1000), horizon);
      const taken: Taken = (key) => context.taken(key, id);
      const chosen = seen.length < initial ? undefined : choose(seen, random, taken);
      if (chosen) return chosen;
      const candidate = context.fresh(random, id);
      return candidate && { candidate, origin: 'random', parents: [] };
    },
  };
}
