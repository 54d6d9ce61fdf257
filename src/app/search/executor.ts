/** The executor of a search: what the script gives, or workers for the config's evaluator. */
import type { DataIdentity } from '../../base/index.js';
import {
  type Executor,
  type FleetState,
  type WorkerEvent,
  createCodeEvaluator,
  createExecutor,
  createLocalExecutor,
} from '../../evaluation/index.js';
import type { JournalEntry } from '../../runs/index.js';
import type { CodeParts } from './code-parts.js';
import { measuresAllInt8 } from './precision.js';
import type { SearchEvent } from './events.js';
import type { SearchParts } from './parts.js';

/** What of a search is not in its config. */
export interface ExecutorSource extends Pick<CodeParts, 'evaluator'> {
  /** The URL of Redis where the config does not say it; it may hold a password, and is written nowhere. */
  readonly redis?: string | undefined;
}

export interface ExecutorNeeds {
  readonly workers: number;
  readonly identity: DataIdentity | undefined;
  /** Steps of a whole evaluation; default: the evaluator's own. */
  readonly steps?: number | undefined;
  readonly onFleet?: ((fleet: FleetState) => void) | undefined;
  readonly onWorker?: ((event: WorkerEvent) => void) | undefined;
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts the workers. @throws MixnasError what is wrong with the backend, the data or the recipe. */
export async function openExecutor(
  { config, space }: Pick<SearchParts, 'config' | 'space'>,
  { evaluator: code, redis }: ExecutorSource,
  { workers, identity, steps, onWorker, onFleet, onEvent, signal }: ExecutorNeeds,
): Promise<Executor> {
  const longer = steps === undefined ? {} : { steps };
  if (code)
    return createLocalExecutor(createCodeEvaluator({ ...code, ...longer }, config.trialLimits), workers);
  return createExecutor({
    executor: config.executor,
    redis,
    // Checked with the config: only an evaluator that counts steps is given others.
    evaluator: { ...config.evaluator, ...longer },
    dataset: config.dataset,
    identity,
    splitSeed: config.seed,
    space: space.source,
    trialLimits: config.trialLimits,
    int8: measuresAllInt8(config),
    workers,
    onWorker,
    onFleet,
    notice: (text) => onEvent?.({ type: 'notice', text }),
    signal,
  });
}

/** The trials that wait change all the time: a journal need not say so more often. */
const fleetEveryMs = 10_000;

/** Writes down what a fleet is: hosts and places when they change, the trials that wait now and then. */
export function fleetEntries(append: (entry: JournalEntry) => void): (fleet: FleetState) => void {
  let written: FleetState | undefined;
  let writtenAt = 0;
  return (fleet) => {
    const isSame = fleet.hosts === written?.hosts && fleet.places === written.places;
    const isSoon = performance.now() - writtenAt < fleetEveryMs;
    if (isSame && (isSoon || fleet.waiting === written?.waiting)) return;
    written = fleet;
    writtenAt = performance.now();
    append({ type: 'fleet', ...fleet });
  };
}
