/**
 * Computes the best fronts known of the MixNet problems and writes them to `known-fronts.json`:
 * `npx tsx bench/search/known-fronts.ts`. All that long NSGA-II searches found, put together.
 */
import { writeFileSync } from 'node:fs';
import { createStudy } from '../../src/search/index.js';
import { mixnetTask } from './mixnets.js';
import { costsOf } from '../../src/metrics/index.js';
import { measure } from './problem.js';

const known: Record<string, unknown> = {};
for (const name of ['mixnets', 'mixnets-devices']) {
  const task = mixnetTask(name);
  const found: number[][] = [];
  for (const [seed, population] of [60, 100, 200].entries()) {
    const study = createStudy({ ...task, sampler: { name: 'nsga2', population }, seed });
    for (let i = 0; i < 20_000; i++) {
      const trial = study.ask();
      study.tell(trial.id, task.evaluate(trial));
    }
    found.push(...study.front().map((t) => [...costsOf({ ...t.known, ...t.values }, task.objectives)]));
    console.log(name, population, measure(found));
  }
  known[name] = measure(found);
}
writeFileSync(new URL('known-fronts.json', import.meta.url), `${JSON.stringify(known, null, 2)}\n`);
