/**
 * The default: a model while trials are few and each should count, evolution once they are many. Past a
 * thousand trials, and with more than three objectives, a model costs more time than it saves trials; then it
 * is NSGA-II and NSGA-III.
 */
import type { Sampler, SamplerContext } from '../sampler.js';
import { createBayes } from './bayes.js';
import { createNsga2 } from './nsga2.js';
import { createNsga3 } from './nsga3.js';

const modelTrials = 1000;

export function createAuto(context: SamplerContext): Sampler {
  if (context.objectives > 3) return createNsga3(context);
  const evolution = createNsga2(context, { population: 50 });
  const model = createBayes(context);
  const at = (id: number) => (id < modelTrials ? model : evolution);
  return {
    needs: (id) => at(id).needs(id),
    propose: (id, horizon) => at(id).propose(id, horizon),
  };
}
