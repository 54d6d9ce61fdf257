/**
 * Executors: they run evaluations in worker processes, one pinned to a core each, or in this process. Workers of other
 * machines are in `fleet/`; `create-executor.ts` chooses.
 */
export { withAttempts } from './attempts.js';
export {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  type FleetState,
  createLocalExecutor,
  createProcessExecutor,
  createSlots,
} from './executor.js';
export { type Setup, outcomeSchema, setupSchema } from './messages.js';
export { PoolWorker, type WorkerEvent } from './pool-worker.js';
export { probeBackend } from './probe.js';
export type { ReadyBackend } from './worker-process.js';
