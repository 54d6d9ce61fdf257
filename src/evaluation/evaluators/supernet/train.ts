/** Training a supernet in a process of its own. */
import type { Readable } from 'node:stream';
import { type ErrorCode, InternalError, MixnasError, startModule } from '../../../base/index.js';
import { readTrainingState } from '../../../training/index.js';
import { isFromOutside, watchMemory } from '../../ended.js';
import { listenTo } from '../../programs/index.js';
import { type FromRunner, type SupernetJob, fromRunnerSchema } from './messages.js';

export interface SupernetProgress {
  readonly step: number;
  readonly steps: number;
  /** Mean since the last call; there is none at first. */
  readonly loss?: number;
}

export interface SupernetTraining extends Omit<SupernetJob, 'path'> {
  /** Where the supernet is kept, from its first checkpoint on. */
  readonly path: string;
  /** Called at once with the steps that are done, then as it continues. */
  readonly onProgress: (progress: SupernetProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Steps that a supernet's file has behind it; 0 where there is none. @throws MixnasError `bad-data` */
function stepsOf(path: string): number {
  return readTrainingState(path)?.step ?? 0;
}

/** How often it is tried when its process is ended from outside. */
const attempts = 3;

/**
 * Trains the supernet of a search, from where an earlier process stopped; returns at once when it is trained.
 * The result does not depend on where it was interrupted. A process that is ended from outside is replaced, twice.
 * @returns false when the signal ended it; the last checkpoint stays.
 * @throws MixnasError what went wrong in the process, `failed` when it ended.
 */
export async function trainSupernetInProcess(options: SupernetTraining): Promise<boolean> {
  const { onProgress, signal, ...job } = options;
  const { steps } = job.evaluator;
  for (let attempt = 1; ; attempt++) {
    const step = stepsOf(job.path);
    if (step >= steps) return true;
    onProgress({ step, steps });
    const end = await trainOnce(job, onProgress, signal);
    if (end === undefined) return true;
    if (signal?.aborted) return false;
    if (end.outside && attempt < attempts) continue;
    throw new MixnasError('failed', `The process that trains the supernet ended. ${end.reason}`.trim(), {
      remedy: 'Continue with `mixnas resume`: it starts from the last checkpoint.',
    });
  }
}

interface RunnerEnd {
  readonly reason: string;
  readonly outside: boolean;
}

/** @returns how the process ended before it was done; undefined when it was. */
async function trainOnce(
  job: SupernetJob,
  onProgress: (progress: SupernetProgress) => void,
  signal: AbortSignal | undefined,
): Promise<RunnerEnd | undefined> {
  const child = startModule(new URL('./runner.js', import.meta.url), {
    background: true,
    env: { TF_NUM_INTRAOP_THREADS: String(job.threads), TF_NUM_INTEROP_THREADS: '1' },
  });
  const lastWords = listenTo(child.stderr as Readable);
  const memory = watchMemory();
  const stop = () => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const answer = await new Promise<FromRunner | RunnerEnd>((done) => {
      child.on('message', (data) => {
        const message = fromRunnerSchema.parse(data);
        if (message.type === 'progress') onProgress(message);
        else done(message);
      });
      child.on('error', (error) => done({ reason: error.message, outside: false }));
      child.once('close', (_code, by) =>
        done(
          isFromOutside(by)
            ? { reason: `It was ended from outside by ${by}${memory()}.`, outside: true }
            : { reason: lastWords(), outside: false },
        ),
      );
      child.send(structuredClone(job), () => {});
    });
    if (!('type' in answer)) return answer;
    if (answer.type === 'error') {
      const { code, message, remedy } = answer;
      if (code === undefined) throw new InternalError(`while training the supernet: ${message}`);
      throw new MixnasError(code as ErrorCode, message, remedy === undefined ? {} : { remedy });
    }
    return undefined;
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}
