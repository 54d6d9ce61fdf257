/** Running evaluations: in worker processes, one pinned to a core each, or in this process. */
import type {
  EvaluationJob,
  EvaluationOutcome,
  EvaluationProgress,
  Evaluator,
  TrainingData,
} from '../evaluator.js';
import { withAttempts } from './attempts.js';
import { allowedCores } from '../cores.js';
import type { EvaluatorSpec } from '../evaluators/index.js';
import type { ReadyBackend } from './worker-process.js';
import { PoolWorker, type WorkerEvent } from './pool-worker.js';

/** An outcome, with the worker that it comes from; `interrupted` when the executor was closed meanwhile. */
export type ExecutorOutcome = (EvaluationOutcome | { readonly state: 'interrupted' }) & {
  readonly worker: number;
};

/**
 * Runs jobs, as many at once as it has workers; more wait their turn. A job is leased to one worker at a time: to a
 * process for as long as it lives, to a worker of another machine for as long as that shows signs of life. A lease that
 * is lost is a fault of the machine, and the job is leased again. A trial, with the part of it that is asked for, is its
 * job's name: whoever asks for one that runs already receives the same outcome, and it is evaluated once.
 */
export interface Executor {
  /** The tensor backend of the workers, or the evaluator's name. */
  readonly backend: string;
  readonly tensorflow: string | undefined;
  readonly workers: number;
  /**
   * Says which run its jobs are of, before the first: jobs of a run that is resumed are then found again.
   * @param run the same in every session of the run, and in no other run.
   */
  begin?(run: string): void;
  /**
   * @throws MixnasError what is not the trial's fault: a full disk, a worker that cannot be replaced.
   */
  run(
    job: EvaluationJob,
    onProgress?: (progress: EvaluationProgress & { readonly worker: number }) => void,
  ): Promise<ExecutorOutcome>;
  /** Ends all workers at once; jobs that run are interrupted. */
  close(): Promise<void>;
}

/** The machines of a fleet and their places, and the trials of this search that wait for one. */
export interface FleetState {
  readonly hosts: number;
  readonly places: number;
  readonly waiting: number;
}

export interface ExecutorOptions extends TrainingData {
  readonly evaluator: EvaluatorSpec;
  readonly workers: number;
  /** Trials after which a worker process is replaced by a fresh one. Default 100. */
  readonly renewAfter?: number | undefined;
  readonly onWorker?: ((event: WorkerEvent) => void) | undefined;
  /** Where workers are on other machines: how many there are, every few seconds. */
  readonly onFleet?: ((fleet: FleetState) => void) | undefined;
  /** Aborting while the workers start rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Hands out worker numbers, first come, first served. */
export function createSlots(count: number) {
  const free = Array.from({ length: count }, (_, i) => i);
  const waiting: ((slot: number) => void)[] = [];
  return {
    take: (): Promise<number> => {
      const slot = free.shift();
      return slot === undefined ? new Promise((done) => waiting.push(done)) : Promise.resolve(slot);
    },
    give: (slot: number): void => {
      const next = waiting.shift();
      if (next) next(slot);
      else free.push(slot);
    },
  };
}

/** An executor in this process, for evaluators that wait rather than compute, and for debugging. */
export function createLocalExecutor(
  evaluator: Evaluator,
  workers: number,
  onWorker: (event: WorkerEvent) => void = () => {},
): Executor {
  const slots = createSlots(workers);
  const closing = new AbortController();
  const closed = new Promise<'interrupted'>((done) => {
    closing.signal.addEventListener('abort', () => done('interrupted'));
  });
  return {
    backend: evaluator.backend,
    tensorflow: evaluator.tensorflow,
    workers,
    async run(job, onProgress) {
      const worker = await slots.take();
      try {
        const report = (progress: EvaluationProgress) => {
          if (!closing.signal.aborted) onProgress?.({ ...progress, worker });
        };
        const evaluated = withAttempts(
          () => evaluator.evaluate({ ...job, slot: worker }, report, closing.signal),
          {
            onLost: (reason) => onWorker({ worker, state: 'crashed', reason }),
            isOver: () => closing.signal.aborted,
          },
        );
        evaluated.catch(() => {}); // what fails after an interruption is that interruption's doing
        const outcome = await Promise.race([evaluated, closed]);
        return outcome === 'interrupted' ? { state: outcome, worker } : { ...outcome, worker };
      } finally {
        slots.give(worker);
      }
    },
    async close() {
      closing.abort();
      await evaluator.close?.();
    },
  };
}

/**
 * An executor with worker processes, pinned to a core each. One that ends fails the trial it ran, unless it was ended
 * from outside: then the trial is tried again. It is replaced.
 * @throws MixnasError what went wrong in the set-up of a worker.
 */
export async function createProcessExecutor(options: ExecutorOptions): Promise<Executor> {
  const {
    evaluator,
    dataset,
    identity,
    splitSeed,
    space,
    trialLimits: limits,
    int8,
    workers,
    renewAfter = 100,
    onWorker = () => {},
    signal,
  } = options;
  const setup = { type: 'setup', evaluator, dataset, identity, splitSeed, space, int8 } as const;
  const cores = allowedCores();
  const pool = Array.from(
    { length: workers },
    (_, worker) =>
      new PoolWorker({ worker, core: cores[worker % cores.length], setup, limits, renewAfter, onWorker }),
  );
  const slots = createSlots(workers);
  let closed = false;

  async function close(): Promise<void> {
    closed = true;
    await Promise.all(pool.map((worker) => worker.close()));
  }

  const abort = () => void close();
  signal?.addEventListener('abort', abort);
  try {
    const [backend] = await Promise.all(pool.map((worker) => worker.start()));
    return {
      ...(backend as ReadyBackend),
      workers,
      async run(job, onProgress) {
        const worker = await slots.take();
        const interrupted = { state: 'interrupted', worker } as const;
        try {
          const report = (progress: EvaluationProgress) => onProgress?.({ ...progress, worker });
          const outcome = await withAttempts(() => (pool[worker] as PoolWorker).evaluate(job, report), {
            onLost: () => {}, // the pool says that a worker is gone, whatever it did
            isOver: () => closed,
          });
          return closed ? interrupted : { ...outcome, worker };
        } catch (error) {
          if (closed) return interrupted;
          throw error;
        } finally {
          slots.give(worker);
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
