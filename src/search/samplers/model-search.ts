/** Finds the candidate with the largest acquisition value: around the front, at random, then by hill climbing. */
import type { Random } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Acquisition, Estimate, Codes } from '../model/index.js';
import type { Observation } from '../sampler.js';
import type { Genome, Space } from '../space/index.js';
import { selectSurvivors } from './population.js';

/** Good points whose neighbourhoods are searched. */
const parentCount = 30;
const neighbourCount = 400;
const childCount = 200;
const randomCount = 100;
const climbs = 10;
/** Where effort is saved, a climb counts so many candidates. */
const climbCount = 60;
/** For so many of the best estimates the exact value is computed, which costs a triangular solve each. */
const exactValues = 40;
const leastExactValues = 16;
const exactValuesUphill = 10;

/** A genome to consider, and the codes of one that differs in few genes, where there is one. */
interface Choice {
  readonly genome: Genome;
  readonly centre?: Codes;
}

/** A candidate as a model reads it. */
export interface Priced {
  readonly candidate: Candidate;
  readonly codes: Codes;
}

/**
 * The best of some thousand candidates, all of them new and feasible; undefined when all acquisition values are 0.
 * @param near only what lies around good points, and no climbing from there.
 * @param effort the share of the usual number of candidates that is looked at.
 */
export function findBest(
  space: Space<unknown>,
  acquisition: Acquisition,
  priced: (key: string, genome: Genome) => Priced,
  seen: readonly Observation[],
  random: Random,
  taken: Taken,
  near: boolean,
  effort = 1,
): Candidate | undefined {
  const some = (count: number) => Math.ceil(effort * count);
  const tried = new Set<string>();
  let best: Candidate | undefined;
  let most = 0;

  const seenCodes = new Map<string, Codes>();
  /** The codes of the centre of a neighbourhood: always the same object, by which models recognise it. */
  function codesOf(genome: Genome): Codes {
    const key = space.key(genome);
    const codes = seenCodes.get(key) ?? priced(key, genome).codes;
    seenCodes.set(key, codes);
    return codes;
  }

  function* around(genome: Genome): Iterable<Choice> {
    const centre = codesOf(genome);
    for (const neighbour of space.near?.(genome) ?? space.neighbours(genome)) {
      yield { genome: neighbour, centre };
    }
  }

  /** Estimates genomes not tried before, and computes the exact values of the best estimates. */
  function improve(choices: Iterable<Choice>, exact: number): boolean {
    const estimates: Estimate[] = [];
    for (const { genome, centre } of choices) {
      const key = space.key(genome);
      if (tried.has(key) || taken(key)) continue;
      tried.add(key);
      const { candidate, codes } = priced(key, genome);
      if (candidate.violation === 0) estimates.push(acquisition.estimate(candidate, codes, centre));
    }
    estimates.sort((a, b) => b.approximate - a.approximate);
    const before = best;
    for (const estimate of estimates.slice(0, exact)) {
      if (estimate.bound <= most) continue;
      const value = acquisition.value(estimate, most);
      if (value > most) {
        most = value;
        best = estimate.candidate;
      }
    }
    return best !== before;
  }

  const exact = Math.max(leastExactValues, some(exactValues));
  const parents = selectSurvivors(seen, parentCount).map((r) => r.observation);
  /** Whole neighbourhoods of good points drawn at random, up to a number of neighbours. */
  function neighbours(most: number): Choice[] {
    const choices: Choice[] = [];
    for (const { genome } of random.shuffle(parents.slice())) {
      for (const choice of around(genome)) choices.push(choice);
      if (choices.length >= most) break;
    }
    return effort < 1 ? random.shuffle(choices).slice(0, most) : choices;
  }
  const children = Array.from({ length: some(childCount) }, (): Choice => {
    const [a, b] = [random.pick(parents), random.pick(parents)];
    return { genome: space.mutate(space.crossover(a.genome, b.genome, random), random, a.values) };
  });
  if (near) {
    improve([...neighbours(some(3 * neighbourCount)), ...children], exact);
    return best;
  }
  const anywhere = Array.from(
    { length: some(randomCount) },
    (): Choice => ({ genome: space.random(random) }),
  );
  improve([...neighbours(some(neighbourCount)), ...children, ...anywhere], exact);
  let left = effort < 1 ? some(climbs * climbCount) : Number.POSITIVE_INFINITY;
  for (let i = 0; i < climbs && best && left > 0; i++) {
    const choices = [...around(best.genome)];
    const looked = effort < 1 ? random.shuffle(choices).slice(0, left) : choices;
    left -= looked.length;
    if (!improve(looked, exactValuesUphill)) break;
  }
  return best;
}
