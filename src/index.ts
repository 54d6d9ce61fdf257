/**
 * mixnas as a library: what the command line does can be done from a script. The few names that a user types are
 * here; `mixnas/models`, `/hardware`, `/search`, `/pareto`, `/runs` and `/testing` hold the rest.
 *
 * @example
 * import { createStudy } from 'mixnas';
 * const study = createStudy({
 *   space: { width: [16, 32, 64], kernel: [3, 5, 7] },
 *   objectives: [{ name: 'accuracy', direction: 'maximize' }, { name: 'latencyMs', direction: 'minimize' }],
 *   seed: 1,
 * });
 * const trial = study.ask();
 * study.tell(trial.id, { accuracy: 0.91, latencyMs: 3.2 });
 * study.front();
 */
export { type ErrorCode, MixnasError } from './base/index.js';
export {
  type SamplerFactory,
  type Study,
  type StudyOptions,
  type Trial,
  createStudy,
} from './search/index.js';
export type {
  CodeEvaluator,
  EvaluationAnswer,
  EvaluationHooks,
  EvaluationRequest,
} from './evaluation/index.js';
export { type Architecture, parseArchitecture } from './models/index.js';
export {
  type Profile,
  loadProfile,
  profileNames,
  registerProfile,
  registerProfileFolder,
} from './hardware/index.js';
export { type RunView, readRun } from './runs/index.js';
export {
  type AblateOptions,
  type AblationReport,
  type ConfigInput,
  type ConfigOverrides,
  type CostReport,
  type Diagnosis,
  type EvaluateOptions,
  type EvaluateReport,
  type ExportOptions,
  type ExportReport,
  type KitOptions as ProfileKitOptions,
  type KitReport as ProfileKitReport,
  type MeasureDeviceOptions,
  type MeasureDeviceReport,
  type MeasureOptions,
  type MeasureReport,
  type PickOptions,
  type Picked,
  type PredictOptions,
  type PredictReport,
  type ResumeOptions,
  type SearchConfig,
  type SearchEvent,
  type SearchHooks,
  type SearchResult,
  type TrainArchitectureOptions,
  type TrainReport,
  type TuneOptions,
  type TuneReport,
  type ValidateOptions,
  type ValidateReport,
  type WeightsFile,
  ablate as runAblation,
  control as controlRun,
  cost,
  diagnose as diagnoseMachine,
  evaluate as evaluateNetwork,
  exportNetworks,
  fetchDataSet,
  listDataSets,
  listProfiles,
  loadConfig,
  measureDeviceProfile,
  measureProfile,
  parseConfig,
  pick as pickNetwork,
  predict as predictLatency,
  readWeights,
  resolveArchitecture,
  resume,
  resumeTraining,
  search,
  trainArchitecture,
  tune as tuneProfile,
  validate as validateProfile,
  writeKit as writeProfileKit,
  writeWeights,
} from './app/index.js';
export { writeReport } from './report/index.js';
