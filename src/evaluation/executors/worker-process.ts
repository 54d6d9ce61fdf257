/** The parent's end of one worker process. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { InternalError, MixnasError, type ErrorCode, startModule } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import { isFromOutside, watchMemory } from '../ended.js';
import { ProcessLimits, type TrialLimits } from '../limits/index.js';
import { guarded, listenTo } from '../programs/index.js';
import { type FromWorker, type ToWorker, fromWorkerSchema } from './messages.js';

/** How a worker process ended. */
export interface WorkerEnd {
  /** A sentence for the journal. */
  readonly reason: string;
  /** Whether it was ended from outside, which is no fault of what it ran. */
  readonly outside: boolean;
}

/** What it said last is the reason of a crash, and has nothing to do with an end from outside. */
function describeEnd(
  code: number | null,
  signal: string | null,
  lastWords: string,
  memory: string,
): WorkerEnd {
  if (isFromOutside(signal)) {
    return { reason: `The worker process was ended from outside by ${signal}${memory}.`, outside: true };
  }
  const how = signal ? `was ended by ${signal}` : `exited with code ${code ?? 'unknown'}`;
  return { reason: `The worker process ${how}${lastWords ? `: ${lastWords}` : '.'}`, outside: false };
}

/** What a worker evaluates with. */
export interface ReadyBackend {
  /** The tensor backend, or the evaluator's name where that needs none. */
  readonly backend: string;
  /** The version of TensorFlow's library, where that is the backend. */
  readonly tensorflow: string | undefined;
}

/** A worker that ended before it was ready. */
export class WorkerLost extends MixnasError {
  readonly outside: boolean;

  constructor({ reason, outside }: WorkerEnd) {
    super('failed', reason);
    this.outside = outside;
  }
}

type Listener = (message: FromWorker) => void;

/** One worker process, from its start to its end. */
export class WorkerProcess {
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  #listener: Listener | undefined;
  #exit: WorkerEnd | undefined;
  /** Whether this process has ended it, for what it sent. */
  #unsound = false;
  readonly #limits: ProcessLimits | undefined;

  constructor(
    core: number | undefined,
    limits: TrialLimits = {},
    env: Readonly<Record<string, string>> = {},
  ) {
    // It ends with its parent by itself, but not while it computes: then the guard ends it.
    const guard = guarded();
    this.#child = startModule(new URL('./worker.js', import.meta.url), {
      ...(core === undefined ? {} : { core }),
      background: true,
      env: {
        TF_NUM_INTRAOP_THREADS: '1',
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: '1',
        ...env,
        ...guard.env,
      },
    });
    const { pid } = this.#child;
    if (pid !== undefined) this.#limits = new ProcessLimits(pid, limits, () => this.#child.kill('SIGKILL'));
    const lastWords = listenTo(this.#child.stderr as Readable);
    const memory = watchMemory();
    this.#child.on('message', (data) => {
      const message = fromWorkerSchema.safeParse(data);
      if (message.success) this.#listener?.(message.data);
      else {
        this.#unsound = true;
        this.#child.kill('SIGKILL'); // its memory is no longer sound
      }
    });
    // `close` rather than `exit`: by then every message has arrived and stderr is whole.
    this.ended = new Promise((done) => {
      this.#child.on('error', (error) =>
        done((this.#exit = { reason: `The worker process did not start: ${error.message}`, outside: false })),
      );
      this.#child.once('close', (code, signal) => {
        guard.ended();
        this.#limits?.close();
        const unsound = {
          reason: 'The worker process sent what no worker sends, and was ended.',
          outside: false,
        };
        done((this.#exit = this.#unsound ? unsound : describeEnd(code, signal, lastWords(), memory())));
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How the process ended; undefined while it lives. */
  get exit(): WorkerEnd | undefined {
    return this.#exit;
  }

  /**
   * Sends a set-up or a probe and waits until the worker is ready.
   * @throws MixnasError what went wrong in it, or `failed` when it ended.
   */
  async setUp(message: ToWorker): Promise<ReadyBackend> {
    const answer = await this.#ask(message, () => {});
    const past = this.#limits?.end();
    if ('reason' in answer && past !== undefined) {
      throw new MixnasError('bad-config', `trialLimits.memory: the data alone takes a worker ${past}.`, {
        remedy: 'Give trials more memory.',
      });
    }
    if ('reason' in answer) throw new WorkerLost(answer);
    if (answer.type !== 'ready')
      throw new InternalError(`a worker answered ${answer.type} to ${message.type}`);
    return { backend: answer.backend, tensorflow: answer.tensorflow };
  }

  /**
   * Evaluates one job. The end of the process is a failed trial, or a fault of the machine.
   * @throws MixnasError what went wrong in it and is not the trial's fault.
   */
  async evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
  ): Promise<EvaluationOutcome> {
    const started = performance.now();
    this.#limits?.begin();
    const answer = await this.#ask({ type: 'evaluate', job: structuredClone(job) as never }, (message) => {
      if (message.type === 'progress') onProgress(message);
    });
    const past = this.#limits?.end();
    if ('reason' in answer) {
      const { reason, outside } = answer;
      const seconds = (performance.now() - started) / 1000;
      if (past !== undefined) {
        return { state: 'failed', reason: `The trial took ${past}, its limit, and was ended.`, seconds };
      }
      return { state: 'failed', reason, seconds, ...(outside ? { fault: 'machine' } : {}) };
    }
    if (answer.type !== 'outcome') throw new InternalError(`a worker answered ${answer.type} to a job`);
    return answer.outcome;
  }

  /** Ends the process at once, and waits for that. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** The answer to a message, or how the process ended instead. Progress goes to `onProgress`. */
  async #ask(message: ToWorker, onProgress: Listener): Promise<FromWorker | WorkerEnd> {
    if (this.#exit !== undefined) return this.#exit;
    const answer = new Promise<FromWorker>((done) => {
      this.#listener = (received) => (received.type === 'progress' ? onProgress(received) : done(received));
    });
    this.#child.send(message, () => {}); // a failure to send shows as the end of the process
    const first = await Promise.race([answer, this.ended]);
    if ('type' in first && first.type === 'error') {
      const { code, message: text, remedy } = first;
      if (code === undefined) throw new InternalError(`in a worker: ${text}`);
      throw new MixnasError(code as ErrorCode, text, remedy === undefined ? {} : { remedy });
    }
    return first;
  }
}
