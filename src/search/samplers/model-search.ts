/** Finding the candidate that a model thinks most of: around the front, at random, then uphill. */
import type { Random } from '../../base/index.js';
import type { Candidate, Taken } from '../candidates.js';
import type { Acquisition, Look } from '../model/acquisition.js';
import type { Codes } from '../model/kernel.js';
import type { Observation, SamplerContext } from '../sampler.js';
import type { Genome } from '../space.js';
import { selectSurvivors } from './population.js';

/** Good points whose surroundings are looked at. */
const parentCount = 30;
const neighbourCount = 600;
const childCount = 300;
const randomCount = 200;
const climbs = 10;

/** The best of some thousand candidates, all of them new and feasible; undefined when none is worth anything. */
export function findBest(
  { space, candidates }: SamplerContext,
  acquisition: Acquisition,
  codesOf: (candidate: Candidate) => Codes,
  seen: readonly Observation[],
  random: Random,
  taken: Taken,
): Candidate | undefined {
  const tried = new Set<string>();
  let best: Candidate | undefined;
  let most = 0;

  /** Looks at genomes not tried before; the promising ones first, and no further than they can win. */
  function improve(genomes: Iterable<Genome>): boolean {
    const looks: Look[] = [];
    for (const genome of genomes) {
      const key = space.key(genome);
      if (tried.has(key) || taken(key)) continue;
      tried.add(key);
      const candidate = candidates.consider(genome);
      if (candidate.violation === 0) looks.push(acquisition.look(candidate, codesOf(candidate)));
    }
    looks.sort((a, b) => b.bound - a.bound);
    const before = best;
    for (const look of looks) {
      if (look.bound <= most) break;
      const worth = acquisition.worth(look, most);
      if (worth > most) {
        most = worth;
        best = look.candidate;
      }
    }
    return best !== before;
  }

  const parents = selectSurvivors(seen, parentCount).map((r) => r.observation);
  const around = random.shuffle(parents.flatMap(({ genome }) => [...space.neighbours(genome)]));
  const children = Array.from({ length: childCount }, () => {
    const [a, b] = [random.pick(parents), random.pick(parents)];
    return space.mutate(space.crossover(a.genome, b.genome, random), random, a.values);
  });
  const anywhere = Array.from({ length: randomCount }, () => space.random(random));
  improve([...around.slice(0, neighbourCount), ...children, ...anywhere]);
  for (let i = 0; i < climbs && best; i++) if (!improve(space.neighbours(best.genome))) break;
  return best;
}
