/** Searching discrete spaces by ask and tell. */
export { createStudy } from './create-study.js';
export type { Study } from './study.js';
export type { StudyOptions } from './options.js';
export type { Origin, Told, Trial, TrialRecord, TrialState } from './trial.js';
export type { Fidelity, Report, Verdict } from './fidelity.js';
export type { Constraint, Metrics, Objective } from './metrics.js';
export type { Price, Priced } from './candidates.js';
export { type SamplerName, type SamplerSpec, parseSampler, samplerNames } from './samplers/index.js';
export {
  type Condition,
  type ParameterSpec,
  type ParamsOf,
  type SpaceSpec,
  discreteSpace,
} from './discrete-space.js';
export {
  type FeatureColumn,
  type Genome,
  type Parameter,
  type ParameterValue,
  type Params,
  type Space,
  spaceSize,
} from './space.js';
export { type ChoiceWeights, mixnetSpace } from './mixnet-space.js';
export { type Halving, type HalvingOptions, createHalving } from './halving.js';
