/** Runs: the folder a search writes, its journal, lock and recovery, and the readers that follow it. */
export {
  type ReferenceModels,
  type Manifest,
  type NewRunContents,
  type RunContents,
  type WarmStart,
} from './contents.js';
export { type StoredConfig, runConfigSchema } from './config.js';
export {
  type Command,
  commandSchema,
  commandText,
  type JournalEntry,
  decodeGenome,
  encodeCurve,
  encodeGenome,
} from './journal/index.js';
export {
  type Alert,
  type AlertKind,
  type AlertWatch,
  type AlertsConfig,
  type LoggedAlert,
  createAlertWatch,
  defaultAlerts,
  logAlert,
  readAlerts,
} from './alerts/index.js';
export { accuracyInterval, imagesOf, levelWithBest, trainedResolution } from './trained/index.js';
export { type ControlRequest, sendControl } from './control.js';
export {
  type Finalist,
  type FinalistResult,
  type Finalists,
  finalistsOf,
  frontOfRun,
  judgeFinalists,
  spreadOver,
} from './finalists/index.js';
export { type FollowOptions, type FollowedRun, followRun } from './follow.js';
export {
  type HypervolumeMeter,
  type Measured,
  type RunFrontier,
  costsOfRow,
  createHypervolumeMeter,
  createRunFrontier,
  frontOf,
  meetsConstraints,
  pointOf,
  rulesOf,
} from './front.js';
export { type FrontMember, type RunFront, writeFront } from './front-files.js';
export {
  type BlockShape,
  type GateWeights,
  type Importance,
  type Position,
  type Sample,
  type TraitName,
  blocksOf,
  importanceOf,
  importanceSteps,
  positionsOf,
  traits,
} from './insight/index.js';
export { type ExportEntry, readExports, recordExport } from './exports.js';
export { checkRunName, findRun, listRuns, nextRunName, runsRoot } from './names.js';
export type { ControlRow, RunEnd, Session, WorkerRow } from './run-state.js';
export {
  type RowState,
  type RungRow,
  type TrialRow,
  metricOf,
  metricReader,
  precisionsOf,
} from './rows/index.js';
export { type ResumedRun, type RunWriter, checkNewRun, createRun, resumeRun } from './run-writer.js';
export { isReadableWeights } from './own-weights.js';
export { SlicedReading, filterVocabulary, trialFields } from './reading/index.js';
export { TallyReader } from './tally.js';
export { type RunView, readRun } from './view.js';
export { type FrontSummary, type RunSummary, lastChange, readRunSummary, secondsOf } from './summary.js';
