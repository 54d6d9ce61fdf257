/** The parent's side of the measuring process. */
import type { ChildProcess } from 'node:child_process';
import { MixnasError, startModule } from '../base/index.js';
import { raisePriority } from './priority.js';
import { type MeasureReply, type MeasureRequest, type Measured, measureReply } from './protocol.js';
import type { TargetName } from './target.js';

interface Waiting {
  resolve(reply: MeasureReply): void;
  reject(error: Error): void;
}

/** A process that times graphs. Owns the child until `close`. */
export class MeasuringProcess {
  #waiting: Waiting | undefined;
  #complaints = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (text: Buffer) => {
      this.#complaints = (this.#complaints + text.toString()).slice(-2000);
    });
    child.on('message', (message) => this.#settle((w) => w.resolve(measureReply.parse(message))));
    child.on('exit', (code, signal) => {
      const why = this.#complaints.trim().split('\n').at(-1) ?? '';
      const error = new MixnasError(
        'failed',
        `The measuring process ended (${signal ?? code}). ${why}`.trim(),
      );
      this.#settle((w) => w.reject(error));
    });
  }

  /**
   * Starts the process on a core and loads the runtime.
   * @throws MixnasError `no-backend` when the runtime does not load.
   */
  static async start(
    target: TargetName,
    core: number,
  ): Promise<{ process: MeasuringProcess; runtime: { name: string; version: string } }> {
    const child = startModule(new URL('./runner.js', import.meta.url), {
      core,
      args: [target],
      detached: true,
      env: { TF_CPP_MIN_LOG_LEVEL: '3', ORT_DISABLE_CPU_AFFINITY_WARNING: '1' },
    });
    if (child.pid !== undefined) raisePriority(child.pid);
    const started = new MeasuringProcess(child);
    const reply = await started.#next();
    if (reply.kind === 'ready') return { process: started, runtime: reply.runtime };
    started.close();
    const reason = reply.kind === 'failed' ? reply.reason : 'unexpected answer';
    throw new MixnasError('no-backend', `${target} does not load here: ${reason}.`, {
      remedy: 'See `mixnas doctor`, or choose another target.',
    });
  }

  /** Times one graph. @throws MixnasError `failed` when the runtime refuses it or the process dies. */
  async measure(request: MeasureRequest): Promise<Measured> {
    const answer = this.#next();
    this.child.send(request);
    const reply = await answer;
    if (reply.kind === 'measured') return reply;
    throw new MixnasError(
      'failed',
      `${request.graph.name}: ${reply.kind === 'failed' ? reply.reason : reply.kind}.`,
    );
  }

  close(): void {
    this.#waiting = undefined;
    this.child.kill('SIGKILL');
  }

  #next(): Promise<MeasureReply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #settle(act: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) act(waiting);
  }
}
