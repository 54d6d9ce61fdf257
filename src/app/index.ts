/** The use cases. The command line and the library call these; importing them loads no TensorFlow. */
export { type ControlOptions, type ControlOrder, type ControlReport, control } from './control.js';
export { resolveArchitecture } from './architecture.js';
export { type InitOptions, configTemplate, init } from './init.js';
export { type AblateOptions, type AblateProgress, ablate } from './ablate.js';
export { type AblationReport, ablationMarkdown } from './ablate-report.js';
export { type CostOptions, type CostReport, cost } from './cost.js';
export { parseDataset } from './dataset.js';
export { type DataSetReport, fetchDataSet, listDataSets } from './data.js';
export { type Diagnosis, diagnose, formatDiagnosis } from './doctor.js';
export { type EvaluateOptions, type EvaluateReport, evaluate } from './evaluate.js';
export {
  type OperatingPoint,
  type OperatingPointsOptions,
  type OperatingPointsReport,
  operatingPoints,
} from './operating-points.js';
export {
  type PredictOptions,
  type PredictReport,
  type RankingReport,
  compareRankings,
  predict,
  predictAll,
  predictionJson,
} from './predict.js';
export { type ProfileSummary, listProfiles, showProfile } from './profiles.js';
export {
  type TrainArchitectureOptions,
  type TrainReport,
  recipeOfFile,
  resumeTraining,
  trainArchitecture,
} from './train.js';
export {
  type ConfigOverrides,
  type SearchConfig,
  loadConfig,
  parseConfig,
} from './config.js';
export type { RunConfig } from './run-config.js';
export { type ConfigInput, configSchema } from './config-schema.js';
export { type PickOptions, type Picked, pick } from './pick.js';
export { type ResumeOptions, resume } from './resume.js';
export { search } from './search.js';
export type { SearchEvent } from './search-events.js';
export type { SearchHooks, SearchResult } from './search-run.js';
export { type ValidateOptions, type ValidateReport, crossValidate, validate } from './validate.js';
export { type TuneOptions, type TuneReport, tune } from './tune.js';
export { type GroupSweep, type SweptBlock, groupSweep } from './group-sweep.js';
export {
  type HostOptions,
  type MeasureOptions,
  type HostReport,
  type MeasureReport,
  hostTarget,
  measureProfile,
  validateHost,
} from './measure.js';
export { type SuggestOptions, type SuggestedNetwork, suggestNetworks } from './suggest.js';
