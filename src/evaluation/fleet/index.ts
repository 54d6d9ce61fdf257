/**
 * Trials on other machines: `protocol.ts` is what is said, `coordinator.ts` the search's end, `worker.ts` the other,
 * `store/` where content lies between them.
 */
export { publicUrl } from './redis.js';
export { createFleetExecutor } from './coordinator.js';
export {
  type FleetWorkerEvent,
  type FleetWorkerOptions,
  type WorkerGauges,
  harmlessEvaluators,
  runFleetWorker,
} from './worker.js';
