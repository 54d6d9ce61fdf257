/**
 * mixnas as a library: what the command line does can be done from a script.
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
export {
  type ErrorCode,
  MixnasError,
  type Random,
  createRandom,
} from './base/index.js';
export * from './models/index.js';
export * from './pareto/index.js';
export * from './search/index.js';
export {
  type KernelPrediction,
  type Prediction,
  type Predictor,
  type Profile,
  createPredictor,
  loadProfile,
  parseProfile,
  profileNames,
} from './hardware/index.js';
export { type RunView, type TrialRow, followRun, listRuns, readRun } from './runs/index.js';
export { type NamedWeights, encodeOnnx } from './formats/index.js';
export * from './app/index.js';
// Of a layer graph, and of an architecture by name or file.
export { cost } from './models/index.js';
export { cost as costReport } from './app/index.js';
export { writeReport } from './report/index.js';
