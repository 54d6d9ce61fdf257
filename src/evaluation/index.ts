/**
 * Evaluation: an architecture to its accuracy. Read `evaluator.ts`, the contract; `evaluators/`, the registry with a
 * file or folder each; `executors/`, which run them in worker processes or in this one; `fleet/`, on other machines.
 */
export { defaultWorkers } from './cores.js';
export { memoryOfTree } from './limits/index.js';
export { int8Accuracy } from './int8-accuracy.js';
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
  type FleetState,
  type ReadyBackend,
  type WorkerEvent,
  createLocalExecutor,
  probeBackend,
} from './executors/index.js';
export { type ChosenExecutor, createExecutor } from './create-executor.js';
export { type ExecutorSpec, executorKinds, executorSchema } from './executor-spec.js';
export {
  type FleetWorkerEvent,
  type FleetWorkerOptions,
  type WorkerGauges,
  harmlessEvaluators,
  publicUrl,
  runFleetWorker,
} from './fleet/index.js';
