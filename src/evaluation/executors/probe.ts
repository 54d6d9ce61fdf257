/** Finding out what a worker would train with, without loading TensorFlow into this process. */
import { type ReadyBackend, WorkerProcess } from './worker-process.js';

/** The tensor backend that worker processes get. @throws MixnasError `no-backend` when the backend that was asked for does not load. */
export async function probeBackend(): Promise<ReadyBackend> {
  const process = new WorkerProcess(undefined);
  try {
    return await process.setUp({ type: 'probe' });
  } finally {
    await process.kill();
  }
}
