/** Metrics of a search. */
import { Counter, Gauge, Histogram } from 'prom-client';
import { type MetricsAddress, processMemory, serveMetrics, trialBuckets } from '../../metrics/index.js';
import type { SearchEvent } from '../events.js';

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
export async function openMetrics(at: MetricsAddress): Promise<Metrics> {
  const { address, registry, close } = await serveMetrics(at);
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
    buckets: trialBuckets,
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
  const memory = processMemory(registry, {
    name: 'mixnas_worker_memory_bytes',
    help: 'Memory of each worker process, with all that it has started.',
    label: 'worker',
  });
  const open = new Set<number>();
  let top = 0;
  return {
    address,
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
    worker: memory,
    close,
  };
}
