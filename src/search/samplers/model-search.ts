/** Finding the candidate that a model thinks most of: around the front, at random, then uphill. */
import type { Random } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Acquisition, Look, Codes } from '../model/index.js';
import type { Observation } from '../sampler.js';
import type { Genome, Space } from '../space/index.js';
import { selectSurvivors } from './population.js';

/** Good points whose surroundings are looked at. */
const parentCount = 30;
const neighbourCount = 400;
const childCount = 200;
const randomCount = 100;
const climbs = 10;
/** So many of the most promising are looked at exactly, which costs a triangle each. */
const exactLooks = 40;
const exactLooksUphill = 10;

/** A genome to look at, and the codes of one that differs in few genes, where there is one. */
interface Sight {
  readonly genome: Genome;
  readonly centre?: Codes;
}

/** A candidate as a model reads it. */
export interface Priced {
  readonly candidate: Candidate;
  readonly codes: Codes;
}

/**
 * The best of some thousand candidates, all of them new and feasible; undefined when none is worth anything.
 * @param near only what lies around good points, and no climbing from there.
 */
export function findBest(
  space: Space<unknown>,
  acquisition: Acquisition,
  priced: (key: string, genome: Genome) => Priced,
  seen: readonly Observation[],
  random: Random,
  taken: Taken,
  near: boolean,
): Candidate | undefined {
  const tried = new Set<string>();
  let best: Candidate | undefined;
  let most = 0;

  const seenCodes = new Map<string, Codes>();
  /** The codes of a genome that is looked around: always the same object, by which models know it again. */
  function codesOf(genome: Genome): Codes {
    const key = space.key(genome);
    const codes = seenCodes.get(key) ?? priced(key, genome).codes;
    seenCodes.set(key, codes);
    return codes;
  }

  function* around(genome: Genome): Iterable<Sight> {
    const centre = codesOf(genome);
    for (const neighbour of space.neighbours(genome)) yield { genome: neighbour, centre };
  }

  /** Looks at genomes not tried before; the promising ones exactly. */
  function improve(sights: Iterable<Sight>, exact: number): boolean {
    const looks: Look[] = [];
    for (const { genome, centre } of sights) {
      const key = space.key(genome);
      if (tried.has(key) || taken(key)) continue;
      tried.add(key);
      const { candidate, codes } = priced(key, genome);
      if (candidate.violation === 0) looks.push(acquisition.look(candidate, codes, centre));
    }
    looks.sort((a, b) => b.promise - a.promise);
    const before = best;
    for (const look of looks.slice(0, exact)) {
      if (look.bound <= most) continue;
      const worth = acquisition.worth(look, most);
      if (worth > most) {
        most = worth;
        best = look.candidate;
      }
    }
    return best !== before;
  }

  const parents = selectSurvivors(seen, parentCount).map((r) => r.observation);
  /** Whole neighbourhoods of good points drawn at random, up to a number of neighbours. */
  function neighbours(most: number): Sight[] {
    const sights: Sight[] = [];
    for (const { genome } of random.shuffle(parents.slice())) {
      for (const sight of around(genome)) sights.push(sight);
      if (sights.length >= most) break;
    }
    return sights;
  }
  const children = Array.from({ length: childCount }, (): Sight => {
    const [a, b] = [random.pick(parents), random.pick(parents)];
    return { genome: space.mutate(space.crossover(a.genome, b.genome, random), random, a.values) };
  });
  if (near) {
    improve([...neighbours(3 * neighbourCount), ...children], exactLooks);
    return best;
  }
  const anywhere = Array.from({ length: randomCount }, (): Sight => ({ genome: space.random(random) }));
  improve([...neighbours(neighbourCount), ...children, ...anywhere], exactLooks);
  for (let i = 0; i < climbs && best; i++) if (!improve(around(best.genome), exactLooksUphill)) break;
  return best;
}
