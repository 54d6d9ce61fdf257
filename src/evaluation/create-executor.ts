/** From what a config says of its executor to the executor. */
import type { EvaluationProgress } from './evaluator.js';
import { createEvaluator, evaluatorOf } from './evaluators/index.js';
import type { ExecutorSpec } from './executor-spec.js';
import {
  type Executor,
  type ExecutorOptions,
  type ExecutorOutcome,
  createLocalExecutor,
  createProcessExecutor,
} from './executors/index.js';
import { createFleetExecutor } from './fleet/index.js';

/** Which executor, with what it runs. */
export interface ChosenExecutor extends ExecutorOptions {
  /** Default: `processes`. */
  readonly executor?: ExecutorSpec | undefined;
  /** The URL of Redis where it is not as the spec says; it may hold a password, and is written nowhere. */
  readonly redis?: string | undefined;
}

/**
 * An executor for a spec, its workers ready: the data is loaded and fits the recipe. Of worker processes, training has
 * those; a dry run, which computes nothing, and a command, which is a process, run from this one.
 * @throws MixnasError what is wrong with the backend, the data, the recipe, or the way to Redis.
 */
export async function createExecutor(options: ChosenExecutor): Promise<Executor> {
  return once(await choose(options));
}

async function choose(options: ChosenExecutor): Promise<Executor> {
  const { executor = { kind: 'processes' }, redis, evaluator, workers, onWorker } = options;
  if (executor.kind === 'bullmq') return createFleetExecutor({ ...options, fleet: executor, redis });
  if (executor.kind === 'processes' && evaluatorOf(evaluator).needsBackend)
    return createProcessExecutor(options);
  return createLocalExecutor(await createEvaluator(evaluator, options), workers, onWorker);
}

/** Who asks for a trial that runs already receives the outcome of that evaluation. */
export function once(executor: Executor): Executor {
  type Report = (progress: EvaluationProgress & { readonly worker: number }) => void;
  const running = new Map<
    string,
    { readonly outcome: Promise<ExecutorOutcome>; readonly reports: Report[] }
  >();
  return {
    backend: executor.backend,
    tensorflow: executor.tensorflow,
    workers: executor.workers,
    begin: (run) => executor.begin?.(run),
    close: () => executor.close(),
    run(job, onProgress) {
      const name = `${job.trial}/${job.seed}/${job.part?.until ?? 'all'}`;
      const known = running.get(name);
      if (known) {
        if (onProgress) known.reports.push(onProgress);
        return known.outcome;
      }
      const reports = onProgress ? [onProgress] : [];
      const outcome = executor
        .run(job, (progress) => {
          for (const report of reports) report(progress);
        })
        .finally(() => running.delete(name));
      running.set(name, { outcome, reports });
      return outcome;
    },
  };
}
