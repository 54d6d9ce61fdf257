/**
 * Tasks of a long study in worker processes, one a core. Answers are kept in a file as they come, one JSON
 * line each under the task's key, so that a study continues where it was interrupted.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startModule } from '../../src/base/index.js';
import { allowedCores } from '../../src/evaluation/cores.js';

/** A task as plain data; what else it says is between the study and its worker. */
export interface Task {
  /** Names the task and all that its answer depends on. */
  readonly key: string;
}

export type Answers<Answer> = Map<string, Answer>;

/** Answers that are already there; a torn last line is left out. */
export function readAnswers<Answer>(path: string): Answers<Answer> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const whole = lines.filter((line) => line.endsWith('}'));
  return new Map(
    whole.map((line) => {
      const { key, ...answer } = JSON.parse(line) as Answer & Task;
      return [key, answer as Answer];
    }),
  );
}

export interface RunOptions<T extends Task> {
  /** The worker: answers each task that it is sent. */
  readonly module: URL;
  readonly tasks: readonly T[];
  /** The JSON lines with the answers. */
  readonly path: string;
  readonly workers: number;
  /** Threads a worker; with more than one it is not kept to a core. Default 1. */
  readonly threads?: number | undefined;
}

/** Runs the tasks that have no answer yet, in their order. @returns all answers, by key. */
export async function runTasks<T extends Task, Answer>(options: RunOptions<T>): Promise<Answers<Answer>> {
  const { module, tasks, path, workers, threads = 1 } = options;
  const answers = readAnswers<Answer>(path);
  const waiting = tasks.filter(({ key }) => !answers.has(key));
  mkdirSync(dirname(path), { recursive: true });
  const cores = allowedCores();
  const started = performance.now();
  const work = async (index: number): Promise<void> => {
    if (waiting.length === 0) return;
    const child = startModule(module, {
      ...(threads === 1 ? { core: cores[index % cores.length] as number } : {}),
      env: {
        TF_NUM_INTRAOP_THREADS: `${threads}`,
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: `${threads}`,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = new Promise<never>((_, fail) => {
      child.once('close', (code) => fail(new Error(`a worker of the study ended with code ${code}`)));
    });
    ended.catch(() => {});
    try {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        const answered = new Promise<Answer>((done) =>
          child.once('message', (answer) => done(answer as Answer)),
        );
        child.send(task);
        const answer = await Promise.race([answered, ended]);
        answers.set(task.key, answer);
        appendFileSync(path, `${JSON.stringify({ key: task.key, ...answer })}\n`);
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        console.error(`${seconds} s: ${task.key}, ${waiting.length} waiting: ${JSON.stringify(answer)}`);
      }
    } finally {
      child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
  return answers;
}

/** A worker's end: calls `answer` for each task that the study sends, one after the other. */
export function serveTasks(answer: (task: never) => Promise<object>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (task) => {
    answer(task as never).then(
      (value) => process.send?.(value),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
