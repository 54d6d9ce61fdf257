/** Evaluation: an architecture to its accuracy, in worker processes. */
export {
  type CodeEvaluator,
  type EvaluationAnswer,
  type EvaluationHooks,
  type EvaluationRequest,
  createCodeEvaluator,
} from './code.js';
export { defaultWorkers } from './cores.js';
export type {
  EvaluationJob,
  EvaluationOutcome,
  EvaluationPart,
  EvaluationProgress,
  Evaluator,
  LearningPoint,
} from './evaluator.js';
export {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  createExecutor,
  createLocalExecutor,
} from './executor.js';
export type { WorkerEvent } from './pool-worker.js';
export { probeBackend } from './probe.js';
export type { ReadyBackend } from './worker-process.js';
export { type EvaluatorSpec, evaluatorSchema } from './spec.js';
export { type SupernetTraining, trainSupernetInProcess } from './train-supernet.js';
