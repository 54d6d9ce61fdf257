/**
 * Evaluation: an architecture to its accuracy. Read `evaluator.ts`, the contract; `evaluators/`, the registry with a
 * file or folder each; `executors/`, which run them in worker processes or in this one.
 */
export { defaultWorkers } from './cores.js';
export { memoryOfTree } from './limits/index.js';
export type {
  EvaluationJob,
  EvaluationOutcome,
  EvaluationPart,
  EvaluationProgress,
  Evaluator,
  CurvePoint,
} from './evaluator.js';
export {
  type CodeEvaluator,
  type EvaluationAnswer,
  type EvaluationHooks,
  type EvaluationRequest,
  type EvaluatorSpec,
  type EvaluatorTraits,
  type SupernetTraining,
  type TorchProbe,
  askTorch,
  createCodeEvaluator,
  evaluatorNames,
  evaluatorOf,
  evaluatorSchema,
  torchRemedy,
  trainSupernetInProcess,
} from './evaluators/index.js';
export {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  type ReadyBackend,
  type WorkerEvent,
  createExecutor,
  createLocalExecutor,
  probeBackend,
} from './executors/index.js';
