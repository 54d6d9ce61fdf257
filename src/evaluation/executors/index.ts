/** Executors: they run evaluations in worker processes, one pinned to a core each, or in this process. */
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
