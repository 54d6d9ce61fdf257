/** Pareto fronts as pure numbers: dominance, sorting, hypervolume, indicators. Minimisation throughout. */
export {
  type Point,
  crowdingDistance,
  dominates,
  nonDominatedSort,
  paretoFront,
  weaklyDominates,
} from './dominance.js';
export { hypervolume } from './hypervolume.js';
export { type HypervolumeArchive, createHypervolume } from './archive.js';
export { coverage, epsilonIndicator, kneePoint } from './indicators.js';
