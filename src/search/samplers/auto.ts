/**
 * The default: a model while trials are few and each should count, evolution once they are many. Past a
 * thousand trials, and with more than three objectives, a model costs more time than it saves trials; then it
 * is NSGA-II and NSGA-III. Before that, where the model hardly finds more, evolution proposes every other trial:
 * what is left of a front then is what no model foresees.
 */
import type { Sampler, SamplerContext } from '../sampler.js';
import { createBayes } from './bayes.js';
import { createNsga2 } from './nsga2.js';
import { createNsga3 } from './nsga3.js';
import { isSlow } from './staleness.js';

const modelTrials = 1000;
/** So many trials the model has to itself. */
const modelAlone = 200;

export function createAuto(context: SamplerContext): Sampler {
  if (context.objectives > 3) return createNsga3(context);
  const evolution = createNsga2(context, { population: 50 });
  const model = createBayes(context);
  const shares = (id: number) => id >= modelAlone && id % 2 === 1;
  return {
    needs: (id) => (id < modelTrials ? model : evolution).needs(id),
    propose(id, horizon) {
      const evolve = id >= modelTrials || (shares(id) && isSlow(context.history.between(0, horizon)));
      return (evolve ? evolution : model).propose(id, horizon);
    },
  };
}
