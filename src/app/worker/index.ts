/** A worker of a fleet as a user starts it: with metrics where they are asked for. `worker-metrics.ts` has them. */
import { type FleetWorkerEvent, type FleetWorkerOptions, runFleetWorker } from '../../evaluation/index.js';
import type { WorkerMetrics } from './worker-metrics.js';

export type WorkerEvent =
  | FleetWorkerEvent
  | { readonly type: 'metrics' /** Where they are served. */; readonly url: string };

export interface WorkerOptions extends Omit<FleetWorkerOptions, 'onEvent' | 'gauges'> {
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
  /** Where Prometheus may read metrics, a port or a host and a port; default: nowhere. */
  readonly metrics?: string | undefined;
}

/**
 * Works until `drain` or `stop`.
 * @throws MixnasError `bad-config` where Redis cannot be used, `bad-usage` where the metrics' address is taken.
 */
export async function runWorker({
  metrics: address,
  onEvent = () => {},
  ...options
}: WorkerOptions): Promise<void> {
  const metrics = address === undefined ? undefined : await metricsAt(address, options);
  if (metrics) onEvent({ type: 'metrics', url: metrics.url });
  try {
    await runFleetWorker({
      ...options,
      gauges: metrics?.gauges,
      onEvent: (event) => {
        metrics?.event(event);
        onEvent(event);
      },
    });
  } finally {
    await metrics?.close();
  }
}

/** Loaded where it is asked for. */
async function metricsAt(address: string, options: FleetWorkerOptions): Promise<WorkerMetrics> {
  const [{ openWorkerMetrics }, { parseMetricsAddress }] = await Promise.all([
    import('./worker-metrics.js'),
    import('../metrics/index.js'),
  ]);
  return openWorkerMetrics(parseMetricsAddress(address), options);
}
