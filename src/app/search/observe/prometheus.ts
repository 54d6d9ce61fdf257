/** Metrics of a search in Prometheus's text format, over HTTP. */
import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { MixnasError, messageOf } from '../../../base/index.js';
import { memoryOfTree } from '../../../evaluation/index.js';
import type { SearchEvent } from '../events.js';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`; without a host, this machine alone can read them. @throws MixnasError `bad-usage` */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new MixnasError('bad-usage', `--metrics: ${text} is not a port, nor a host and a port.`, {
      remedy: 'Say for example 9464, or 0.0.0.0:9464 for other machines to read them, too.',
    });
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

export interface Metrics {
  /** Where they are served, once the port is known. */
  readonly address: MetricsAddress;
  /** The run that all metrics are labelled with. */
  nameRun(run: string): void;
  event(event: SearchEvent): void;
  /** The process that a worker is now; undefined for none. */
  worker(worker: number, pid: number | undefined): void;
  close(): Promise<void>;
}

/** Serves `/metrics`. @throws MixnasError `bad-usage` where the address is taken or not of this machine. */
export async function openMetrics({ host, port }: MetricsAddress): Promise<Metrics> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `mixnas_${name}`, help, registers });
  const trials = new Counter({
    name: 'mixnas_trials_total',
    help: 'Trials that this session has finished, by state.',
    labelNames: ['state'],
    registers,
  });
  const crashes = new Counter({
    name: 'mixnas_worker_crashes_total',
    help: 'Worker processes that have ended before they should.',
    registers,
  });
  const seconds = new Histogram({
    name: 'mixnas_trial_seconds',
    help: 'How long trials took.',
    buckets: [0.1, 1, 10, 30, 60, 300, 900, 3600, 14_400],
    registers,
  });
  const running = gauge('trials_running', 'Trials that have been proposed and are not finished.');
  const finished = gauge(
    'trials_finished',
    'Trials of the run that are finished, of earlier sessions as well.',
  );
  const wanted = gauge('trials_wanted', 'Trials after which the search ends.');
  const front = gauge('front_size', 'Members of the Pareto front.');
  const hypervolume = gauge('hypervolume', 'Normalised hypervolume of the front.');
  const best = gauge('best_accuracy', 'The highest accuracy of this session.');
  const pids = new Map<number, number>();
  const memory = new Gauge({
    name: 'mixnas_worker_memory_bytes',
    help: 'Memory of each worker process, with all that it has started.',
    labelNames: ['worker'],
    registers: [],
    async collect() {
      this.reset();
      for (const [worker, pid] of pids) {
        const bytes = await memoryOfTree(pid).catch(() => 0);
        if (bytes > 0) this.set({ worker }, bytes);
      }
    },
  });
  registry.registerMetric(memory);
  const open = new Set<number>();
  let top = 0;
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(
        new MixnasError(
          'bad-usage',
          `--metrics: ${host}:${port} cannot be listened on: ${messageOf(error)}.`,
          {
            remedy: 'Name another port.',
          },
        ),
      ),
    );
    server.listen(port, host, done);
  });
  server.unref();
  const bound = server.address();
  return {
    address: { host, port: typeof bound === 'object' && bound ? bound.port : port },
    nameRun: (run) => registry.setDefaultLabels({ run }),
    event(event) {
      if (event.type === 'opened') {
        finished.set(event.finished);
        wanted.set(event.trials);
      }
      if (event.type === 'asked') open.add(event.trial);
      if (event.type === 'crashed') crashes.inc();
      if (event.type === 'finished') {
        open.delete(event.trial);
        trials.inc({ state: event.state });
        seconds.observe(event.seconds);
        finished.set(event.finished);
        wanted.set(event.trials);
        front.set(event.front);
        hypervolume.set(event.hypervolume);
        top = Math.max(top, event.values['accuracy'] ?? 0);
        best.set(top);
      }
      running.set(open.size);
    },
    worker(worker, pid) {
      if (pid === undefined) pids.delete(worker);
      else pids.set(worker, pid);
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
