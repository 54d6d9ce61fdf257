/** The executor of a search: what the script gives, or workers for the config's evaluator. */
import type { DataIdentity } from '../../base/index.js';
import {
  type Executor,
  type WorkerEvent,
  createCodeEvaluator,
  createExecutor,
  createLocalExecutor,
} from '../../evaluation/index.js';
import type { CodeParts } from './code-parts.js';
import type { SearchEvent } from './events.js';
import type { SearchParts } from './parts.js';

export interface ExecutorNeeds {
  readonly workers: number;
  readonly identity: DataIdentity | undefined;
  /** Steps of a whole evaluation; default: the evaluator's own. */
  readonly steps?: number | undefined;
  readonly onWorker?: ((event: WorkerEvent) => void) | undefined;
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts the workers. @throws MixnasError what is wrong with the backend, the data or the recipe. */
export async function openExecutor(
  { config, space }: Pick<SearchParts, 'config' | 'space'>,
  { evaluator: code }: Pick<CodeParts, 'evaluator'>,
  { workers, identity, steps, onWorker, onEvent, signal }: ExecutorNeeds,
): Promise<Executor> {
  const longer = steps === undefined ? {} : { steps };
  if (code)
    return createLocalExecutor(createCodeEvaluator({ ...code, ...longer }, config.trialLimits), workers);
  return createExecutor({
    // Checked with the config: only an evaluator that counts steps is given others.
    evaluator: { ...config.evaluator, ...longer },
    dataset: config.dataset,
    identity,
    splitSeed: config.seed,
    space: space.source,
    trialLimits: config.trialLimits,
    workers,
    onWorker,
    notice: (text) => onEvent?.({ type: 'notice', text }),
    signal,
  });
}
