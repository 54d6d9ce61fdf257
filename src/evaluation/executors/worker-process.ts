/** The parent's end of one worker process. */
import type { ChildProcess } from 'node:child_process';
import { InternalError, MixnasError, type ErrorCode, startModule } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../evaluator.js';
import { type FromWorker, type ToWorker, fromWorkerSchema } from './messages.js';

/** How much of what a worker says on stderr is kept, for the reason of its end. */
const stderrTail = 2000;

/** How a worker process ended, as a sentence for the journal. */
function describeExit(code: number | null, signal: string | null, stderr: string): string {
  const how = signal ? `was ended by ${signal}` : `exited with code ${code ?? 'unknown'}`;
  const hint = signal === 'SIGKILL' ? ' (often the system ran out of memory)' : '';
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return `The worker process ${how}${hint}${said ? `: ${said.slice(0, 300)}` : '.'}`;
}

/** What a worker evaluates with. */
export interface ReadyBackend {
  /** The tensor backend, or the evaluator's name where that needs none. */
  readonly backend: string;
  /** The version of TensorFlow's library, where that is the backend. */
  readonly tensorflow: string | undefined;
}

type Listener = (message: FromWorker) => void;

/** One worker process, from its start to its end. */
export class WorkerProcess {
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #listener: Listener | undefined;
  #exit: string | undefined;

  constructor(core: number | undefined) {
    this.#child = startModule(new URL('./worker.js', import.meta.url), {
      ...(core === undefined ? {} : { core }),
      env: { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' },
    });
    let stderr = '';
    // A pipe to a process that was killed may break before the process is known to have ended.
    this.#child.stderr?.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-stderrTail);
    });
    this.#child.on('message', (data) => {
      const message = fromWorkerSchema.safeParse(data);
      if (message.success) this.#listener?.(message.data);
      else this.#child.kill('SIGKILL'); // its memory is no longer sound
    });
    // `close` rather than `exit`: by then every message has arrived and stderr is whole.
    this.ended = new Promise((done) => {
      this.#child.on('error', (error) =>
        done((this.#exit = `The worker process did not start: ${error.message}`)),
      );
      this.#child.once('close', (code, signal) => done((this.#exit = describeExit(code, signal, stderr))));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How the process ended; undefined while it lives. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /**
   * Sends a set-up or a probe and waits until the worker is ready.
   * @throws MixnasError what went wrong in it, or `failed` when it ended.
   */
  async setUp(message: ToWorker): Promise<ReadyBackend> {
    const answer = await this.#ask(message, () => {});
    if (typeof answer === 'string') throw new MixnasError('failed', answer);
    if (answer.type !== 'ready')
      throw new InternalError(`a worker answered ${answer.type} to ${message.type}`);
    return { backend: answer.backend, tensorflow: answer.tensorflow };
  }

  /**
   * Evaluates one job. The end of the process is a failed trial.
   * @throws MixnasError what went wrong in it and is not the trial's fault.
   */
  async evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
  ): Promise<EvaluationOutcome> {
    const started = performance.now();
    const answer = await this.#ask({ type: 'evaluate', job: structuredClone(job) as never }, (message) => {
      if (message.type === 'progress') onProgress(message);
    });
    if (typeof answer === 'string') {
      return { state: 'failed', reason: answer, seconds: (performance.now() - started) / 1000 };
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
  async #ask(message: ToWorker, onProgress: Listener): Promise<FromWorker | string> {
    if (this.#exit !== undefined) return this.#exit;
    const answer = new Promise<FromWorker>((done) => {
      this.#listener = (received) => (received.type === 'progress' ? onProgress(received) : done(received));
    });
    this.#child.send(message, () => {}); // a failure to send shows as the end of the process
    const first = await Promise.race([answer, this.ended]);
    if (typeof first !== 'string' && first.type === 'error') {
      const { code, message: text, remedy } = first;
      if (code === undefined) throw new InternalError(`in a worker: ${text}`);
      throw new MixnasError(code as ErrorCode, text, remedy === undefined ? {} : { remedy });
    }
    return first;
  }
}
