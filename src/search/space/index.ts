/** Search spaces as a sampler sees them: parameters, genomes, features. Read space.ts first. */
export {
  type Condition,
  type ParameterSpec,
  type ParamsOf,
  type SpaceSpec,
  discreteSpace,
} from './discrete-space.js';
export { leastMembers } from './features.js';
export { type ChoiceWeights, mixnetSpace } from './mixnet-space.js';
export {
  type FeatureColumn,
  type Genome,
  type Parameter,
  type ParameterValue,
  type Params,
  type Space,
  spaceSize,
} from './space.js';
