/** `mixnas/pareto`: fronts as pure numbers. Minimisation throughout. */
export {
  type HypervolumeArchive,
  type Point,
  coverage,
  createHypervolume,
  crowdingDistance,
  dominates,
  epsilonIndicator,
  hypervolume,
  kneePoint,
  nonDominatedSort,
  paretoFront,
  weaklyDominates,
} from '../pareto/index.js';
