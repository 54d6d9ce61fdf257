/** `mixnas/pareto`: fronts as pure numbers. Minimisation throughout. */
import { checked } from '../pareto/index.js';

export type { HypervolumeArchive, Point } from '../pareto/index.js';
export const {
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
} = checked;
