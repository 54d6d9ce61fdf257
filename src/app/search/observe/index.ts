/** Watching a search from outside: a structured log and TensorBoard's events in its folder, metrics over HTTP. */
import type { WorkerEvent } from '../../../evaluation/index.js';
import type { SearchEvent } from '../events.js';
import type { LogLevel, RunLog } from './log-file.js';
import { withEventLog } from './tensorboard.js';

/** What of a search is written and served besides its journal. */
export interface ObserveOptions {
  /** What `log.jsonl` holds; default `info`. */
  readonly logLevel?: LogLevel | undefined;
  /** Where Prometheus may read metrics, a port or a host and a port; default: nowhere. */
  readonly metrics?: string | undefined;
}

export interface Observer {
  readonly emit: (event: SearchEvent) => void;
  /** The run is there: from now on its folder has a log and TensorBoard's events, after `finished` trials. */
  open(run: { readonly name: string; readonly folder: string }, finished: number): void;
  worker(event: WorkerEvent): void;
  /** Says why the search ended early. */
  failed(error: unknown): void;
  close(): Promise<void>;
}

/**
 * Passes on what a search reports, and keeps it once there is a run.
 * @throws MixnasError `bad-usage` where the metrics' address is taken.
 */
export async function startObserver(
  { logLevel = 'info', metrics: address }: ObserveOptions,
  onEvent: (event: SearchEvent) => void,
): Promise<Observer> {
  const metrics = address === undefined ? undefined : await metricsAt(address);
  // Commands that start no search need not load them.
  const { openRunLog } = await import('./log-file.js');
  let log: RunLog | undefined;
  let emit = onEvent;
  return {
    emit: (event) => emit(event),
    open({ name, folder }, finished) {
      metrics?.nameRun(name);
      const opened = openRunLog(folder, logLevel, (text) => onEvent({ type: 'notice', text }));
      log = opened;
      emit = withEventLog(folder, finished, (event) => {
        opened.event(event);
        metrics?.event(event);
        onEvent(event);
      });
    },
    // The number of a process on another machine says nothing here.
    worker: ({ worker, state, pid, host }) =>
      metrics?.worker(worker, state === 'crashed' || host !== undefined ? undefined : pid),
    failed: (error) => log?.failed(error),
    async close() {
      log?.close();
      await metrics?.close();
    },
  };
}

/** Loaded where it is asked for. */
async function metricsAt(address: string) {
  const [{ openMetrics }, { parseMetricsAddress }] = await Promise.all([
    import('./search-metrics.js'),
    import('../../metrics/index.js'),
  ]);
  return openMetrics(parseMetricsAddress(address));
}
