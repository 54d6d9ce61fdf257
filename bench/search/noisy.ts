/**
 * Problems with a noisy objective: each evaluation gives one of several seeds' results, as a short training does. A search
 * sees those; it is judged by the true values of what it would hand over, which is the front by what it saw.
 */
import { createRandom } from '../../src/base/index.js';
import type { Metrics } from '../../src/metrics/index.js';
import { designProblems } from './design.js';
import type { Problem } from './problem.js';
import { syntheticProblems } from './synthetic.js';

/** A point has so many results; which of them an evaluation gives is drawn once a point. */
const seeds = 3;

/** @param deviations by metric; the others are without noise. */
const noisy =
  (make: ((name: string) => Problem) | undefined, deviations: Readonly<Record<string, number>>) =>
  (name: string): Problem => {
    if (!make) throw new Error(`${name} is made of a problem that there is not`);
    const problem = make(name);
    const truth = problem.evaluate;
    const noiseOf = (key: string, metric: string) => {
      const drawn = createRandom(`which ${key}`).int(seeds);
      return (deviations[metric] ?? 0) * createRandom(`noise ${metric} ${drawn} ${key}`).normal();
    };
    return {
      ...problem,
      truth,
      evaluate(point): Metrics {
        const key = JSON.stringify(point.params);
        return Object.fromEntries(
          Object.entries(truth(point)).map(([metric, value]) => [metric, value + noiseOf(key, metric)]),
        );
      },
    };
  };

export const noisyProblems: Readonly<Record<string, (name: string) => Problem>> = {
  // As much as between trainings of one network: half a point of accuracy.
  'noisy-cell': noisy(syntheticProblems['cell'], { accuracy: 0.5 }),
  // A tenth of what its first objective differs by over the front.
  'noisy-truss': noisy(designProblems['truss'], { f1: 150 }),
  'noisy-hartmann6': noisy(designProblems['hartmann6'], { f1: 0.15 }),
};
