/**
 * NSGA-II: Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm", IEEE
 * TEVC 2002. Survivors are chosen front by front, the last one thinned by crowding distance.
 */
import type { Sampler, SamplerContext } from '../sampler.js';
import { type GeneticOptions, createGenetic } from './genetic.js';
import { selectSurvivors } from './population.js';

export function createNsga2(context: SamplerContext, options: GeneticOptions = {}): Sampler {
  return createGenetic(context, 'nsga2', selectSurvivors, options);
}
