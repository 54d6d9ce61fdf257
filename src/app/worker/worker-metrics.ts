/** Metrics of a worker of a fleet, in Prometheus's text format. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { FleetWorkerEvent, FleetWorkerOptions, WorkerGauges } from '../../evaluation/index.js';
import { type MetricsAddress, processMemory, serveMetrics, trialBuckets } from '../metrics/index.js';

/** A job of a search that waits for nothing but a free worker waits for milliseconds. */
const queueBuckets = [0.01, 0.1, 1, 10, 60, 600, 3600, 14_400];

export interface WorkerMetrics {
  /** Where they are served. */
  readonly url: string;
  readonly gauges: WorkerGauges;
  event(event: FleetWorkerEvent): void;
  close(): Promise<void>;
}

/** Serves `/metrics` of a worker. @throws MixnasError `bad-usage` where the address is taken or not of this machine. */
export async function openWorkerMetrics(
  at: MetricsAddress,
  { queue = 'mixnas', name = `worker-${process.pid}` }: Pick<FleetWorkerOptions, 'queue' | 'name'>,
): Promise<WorkerMetrics> {
  const { address, registry, close } = await serveMetrics(at);
  registry.setDefaultLabels({ queue, name });
  const registers = [registry];
  const of = (end: string, help: string) => ({ name: `mixnas_worker_${end}`, help, registers });
  const jobs = new Counter({
    ...of('jobs_total', 'Jobs that it has ended, by what came of them.'),
    labelNames: ['state'],
  });
  // A rate needs its zero: a state that has not occurred is there, too.
  for (const state of ['complete', 'failed', 'lost', 'cancelled', 'refused']) jobs.inc({ state }, 0);
  const running = new Gauge(of('jobs_running', 'Jobs that it has.'));
  const places = new Gauge(of('places', 'Jobs that it takes at once.'));
  const seconds = new Histogram({
    ...of('job_seconds', 'How long jobs took, with fetching what they need and storing what they made.'),
    buckets: trialBuckets,
  });
  const waited = new Histogram({
    ...of('queue_seconds', 'How long jobs lay in the queue, by the clocks of both machines.'),
    buckets: queueBuckets,
  });
  const fetched = new Counter(of('fetched_bytes_total', 'Set-ups, checkpoints and weights from the store.'));
  const stored = new Counter(of('stored_bytes_total', 'Checkpoints and weights into the store.'));
  const memory = processMemory(registry, {
    ...of('memory_bytes', 'Memory of the process of each place, with all that it has started.'),
    label: 'place',
  });
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${address.port}/metrics`,
    gauges: {
      fetched: (bytes) => fetched.inc(bytes),
      stored: (bytes) => stored.inc(bytes),
      process: memory,
    },
    event(event) {
      switch (event.type) {
        case 'ready':
          places.set(event.places);
          return;
        case 'started':
          running.inc();
          waited.observe(event.waitedSeconds);
          return;
        case 'finished':
          running.dec();
          if (event.state === 'refused') return; // said by an event of its own
          jobs.inc({ state: event.state });
          seconds.observe(event.seconds);
          return;
        case 'refused':
          jobs.inc({ state: 'refused' });
          return;
        case 'notice':
      }
    },
    close,
  };
}
