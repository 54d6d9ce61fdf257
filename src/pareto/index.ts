/** Pareto fronts as pure numbers: dominance, the incremental front, sorting, hypervolume, indicators. Minimisation throughout. */
export {
  type Point,
  crowdingDistance,
  dominates,
  nonDominatedSort,
  paretoFront,
  weaklyDominates,
} from './dominance.js';
export { type EqualPoints, type Front, createFront } from './front.js';
export { hypervolume } from './hypervolume.js';
export { type HypervolumeArchive, createHypervolume } from './archive.js';
export { coverage, epsilonIndicator, kneePoint } from './indicators.js';
export * as checked from './checked.js';
