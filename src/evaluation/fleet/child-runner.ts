/** What evaluates in the places of a worker: a child process each, on a core of its own or with a GPU of its own. */
import { allowedCores } from '../cores.js';
import { evaluatorOf } from '../evaluators/index.js';
import { PoolWorker } from '../executors/index.js';
import type { Runner } from './place.js';
import type { WorkerSetup } from './setups.js';

/** Trials after which the process is replaced where native code computes in it, whose memory only ever grows. */
const renewAfter = 100;

/** Starts the process of a place for a set-up; it is ready then. */
export function childRunner(
  gpus: readonly string[] | undefined,
  onProcess: (place: number, pid: number | undefined) => void = () => {},
) {
  const cores = allowedCores();
  let turn: Promise<unknown> = Promise.resolve();
  return async ({ setup, limits }: WorkerSetup, place: number): Promise<Runner> => {
    const gpu = gpus?.[place % gpus.length];
    // A program that it starts has threads of its own, and stays up: its start is what takes time.
    const { needsBackend } = evaluatorOf(setup.evaluator);
    const pool = new PoolWorker({
      worker: place,
      core: gpu === undefined && needsBackend ? cores[place % cores.length] : undefined,
      env: gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu },
      setup,
      limits,
      renewAfter: needsBackend ? renewAfter : Number.POSITIVE_INFINITY,
      onWorker: ({ state, pid }) => onProcess(place, state === 'crashed' ? undefined : pid),
    });
    // One after the other: the first fetches and decodes the data for all.
    const ready = turn.then(() => pool.start());
    turn = ready.catch(() => {});
    const { backend } = await ready;
    return {
      backend,
      evaluate: (job, onProgress) => pool.evaluate(job, onProgress),
      close: async () => {
        onProcess(place, undefined);
        await pool.close();
      },
    };
  };
}
