/** A sampler of your own, proved by the contract of mixnas/testing and then used. Run: node examples/05-own-sampler.mjs */
import { createStudy } from 'mixnas';
import { samplerChecks } from 'mixnas/testing';

/** Mutates the best trial by the first objective among those that are determined; the first ten are random. */
export const climber = ({ candidates, fresh, history, random, space, taken }) => ({
  needs: (id) => (id < 10 ? 0 : id - (id % 10)),
  propose(id, horizon) {
    const stream = random(`climber/${id}`);
    const seen = history.between(0, horizon).toSorted((a, b) => a.costs[0] - b.costs[0]);
    for (let i = 0; i < 20 && seen[0]; i++) {
      const candidate = candidates.consider(space.mutate(seen[0].genome, stream));
      const isNew = !taken(candidate.key, id) && candidate.violation === 0;
      if (isNew) return { candidate, origin: 'mutation', parents: [seen[0].id] };
    }
    const candidate = fresh(stream, id);
    return candidate && { candidate, origin: 'random', parents: [] };
  },
});

for (const check of samplerChecks(climber)) {
  check.run();
  console.log(`holds: ${check.name}`);
}

const study = createStudy({
  space: { depth: [2, 3, 4, 5], width: [8, 16, 32, 64], kernel: [3, 5, 7] },
  objectives: [{ name: 'score', direction: 'maximize' }],
  sampler: climber,
});
for (let i = 0; i < 30; i++) {
  const { id, params } = study.ask();
  study.tell(id, { score: params.depth * Math.log(params.width) - params.kernel / 4 });
}
console.log('best:', study.best()?.params);
