/** One place in a pool of workers: always filled with a living process when a job comes. */
import { MixnasError } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import { attempts } from './attempts.js';
import type { TrialLimits } from '../limits/index.js';
import type { Setup } from './messages.js';
import { type ReadyBackend, WorkerLost, WorkerProcess } from './worker-process.js';

/** Something that happened to a worker. */
export interface WorkerEvent {
  readonly worker: number;
  /** `left`: a worker of another machine has ended in order. */
  readonly state: 'started' | 'renewed' | 'crashed' | 'left';
  readonly pid?: number | undefined;
  /** The machine it is on, where that may be another one, and what the worker is called there. */
  readonly host?: string | undefined;
  readonly name?: string | undefined;
  readonly reason?: string | undefined;
}

export interface PoolWorkerOptions {
  readonly worker: number;
  readonly core: number | undefined;
  /** Added to the environment of the process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly setup: Setup;
  readonly limits?: TrialLimits | undefined;
  /** Trials after which the process is replaced, since the memory of native code only ever grows. */
  readonly renewAfter: number;
  readonly onWorker: (event: WorkerEvent) => void;
}

export class PoolWorker {
  readonly #options: PoolWorkerOptions;
  #process: WorkerProcess | undefined;
  #trials = 0;
  #closed = false;

  constructor(options: PoolWorkerOptions) {
    this.#options = options;
  }

  /** Starts the process. @throws MixnasError what went wrong in its set-up. */
  async start(state: 'started' | 'renewed' = 'started'): Promise<ReadyBackend> {
    const { worker, core, env, setup, limits, onWorker } = this.#options;
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw new MixnasError('failed', 'The workers were closed.');
      this.#process = new WorkerProcess(core, limits, env);
      this.#trials = 0;
      try {
        const backend = await this.#process.setUp(setup);
        onWorker({ worker, state, pid: this.#process.pid });
        return backend;
      } catch (error) {
        const again = error instanceof WorkerLost && error.outside && attempt < attempts;
        if (!again || this.#closed) throw error;
        onWorker({ worker, state: 'crashed', pid: this.#process.pid, reason: error.message });
      }
    }
  }

  /** Evaluates a job, in a new process where the old one has ended or is due. */
  async evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
  ): Promise<EvaluationOutcome> {
    this.#dropIfEnded();
    if (this.#process && this.#trials >= this.#options.renewAfter) {
      await this.#process.kill();
      await this.start('renewed');
    }
    if (!this.#process) await this.start();
    this.#trials++;
    const outcome = await (this.#process as WorkerProcess).evaluate(job, onProgress);
    this.#dropIfEnded();
    return outcome;
  }

  /** Ends the process at once; a job that runs sees it end. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.kill();
  }

  #dropIfEnded(): void {
    const { worker, onWorker } = this.#options;
    const end = this.#process?.exit;
    if (end === undefined) return;
    const { reason } = end;
    if (!this.#closed) onWorker({ worker, state: 'crashed', pid: this.#process?.pid, reason });
    this.#process = undefined;
  }
}
