/** Searching discrete spaces by ask and tell. */
export { createStudy, type Study } from './study/index.js';
export type { StudyOptions } from './options.js';
export type { History, Observation, Proposal, Sampler, SamplerContext, SamplerFactory } from './sampler.js';
export type { Origin, Report, Verdict, TrialResult, Trial, TrialRecord, TrialState } from './trial.js';
export {
  type Fidelity,
  type Halving,
  type HalvingOptions,
  createHalving,
  renameHalvingFields,
  runHalvingSchema,
} from './halving/index.js';
export type { Constraint, Metrics, Objective } from '../metrics/index.js';
export type { Candidate, Candidates } from './candidates.js';
export type { Price, Priced } from './price.js';
export { type SamplerName, type SamplerSpec, parseSampler, samplerNames } from './samplers/index.js';
export {
  type Condition,
  type ParameterSpec,
  type ParamsOf,
  type SpaceSpec,
  discreteSpace,
  type FeatureColumn,
  type Genome,
  type Parameter,
  type ParameterValue,
  type Params,
  type Space,
  spaceSize,
  type ChoiceWeights,
  mixnetSpace,
} from './space/index.js';
