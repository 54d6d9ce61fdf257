/** `mixnas/runs`: reading the folders that searches write, also while they are written. */
export {
  type FollowOptions,
  type FollowedRun,
  type FrontMember,
  type RunFront,
  type RunSummary,
  type RunView,
  type TrialRow,
  decodeGenome,
  findRun,
  followRun,
  listRuns,
  readRun,
  readRunSummary,
} from '../runs/index.js';
