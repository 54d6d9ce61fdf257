/** Single networks: found by name, file or `run#trial`, then counted, priced, trained and evaluated. Read architecture.ts first. */
export { type WeightsFile, readWeights, writeWeights } from './weights.js';
export { readSaved } from './saved.js';
export { resolveArchitecture } from './architecture.js';
export { resolveGraph } from './graph.js';
export { type FileFacts, graphOfFile, isGraphFile } from './model-file.js';
export { type CostOptions, type CostReport, cost } from './cost.js';
export { openForWeights } from './trained-data.js';
export { type EvaluateOptions, type EvaluateReport, evaluate } from './evaluate.js';
export { type GroupSweep, type SweptBlock, groupSweep } from './group-sweep.js';
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
export { type ExplainOptions, type ExplainReport, explain } from './explain.js';
export { type ShowOptions, showArchitecture, showGraph, unmetAlignmentOf } from './show.js';
export { createSplitPricer, splitMs } from './cuts.js';
export { type SplitOptions, type SplitReport, split, splitGraph } from './split.js';
export type { TrainArchitectureOptions } from './train-inputs.js';
export {
  type TrainReport,
  recipeOfFile,
  resumeTraining,
  trainArchitecture,
} from './train.js';
export { isFinished, recordOf } from './trial.js';
