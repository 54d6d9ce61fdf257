/** What the screens know of a run: the view of its folder as columns, series and titles. */
import { latencyMetric, limitConstraints, limitedMetric, sizeMetrics } from '../../metrics/index.js';
import {
  createHypervolumeMeter,
  rulesOf,
  type RunView,
  type TrialRow,
  type WorkerRow,
} from '../../runs/index.js';
import { activeSeconds } from './clock.js';
import { createTrialTable, type GrowingTable, type TrialTable } from './trials.js';

/** One device that the run prices architectures on. */
export interface Device {
  readonly name: string;
  /** What the search judges, as a column of the trial table: the latency, or in a robust search the upper end of its band. */
  readonly metric: string;
  /** The latency itself: `latencyMs.<name>`. */
  readonly latencyMetric: string;
  /** What a number of `metric` is called: `ms`, or `high ms` at the upper end of the band. */
  readonly unit: string;
  /** On `metric`. */
  readonly limitMs: number | undefined;
}

/** The hypervolume after a number of finished trials. */
export interface HypervolumePoint {
  readonly trials: number;
  readonly seconds: number;
  readonly value: number;
}

export interface RunModel {
  readonly view: RunView;
  /** Rises with every change: what was computed from an older one is out of date. */
  readonly version: number;
  readonly devices: readonly Device[];
  readonly table: TrialTable;
  /** A point for each trial that raised it, as far as that is worked out. */
  readonly hypervolume: readonly HypervolumePoint[];
  /** Whether some of it is still to be worked out: `settle` does. */
  readonly behind: boolean;
  /** A row's trial as the run has it. */
  row(index: number): TrialRow;
  /** Seconds of searching so far, time between sessions left out. */
  elapsedSeconds(now: number): number;
  /** What `compute` gave for this key since the last change. */
  memo<T>(key: string, compute: () => T): T;
}

/** A model that takes over newer views of its run. */
export interface GrowingModel extends RunModel {
  update(view: RunView): void;
  /**
   * Works the hypervolume out, for at most so many milliseconds: with many objectives it takes longer than
   * anything else about a run. Returns whether anything changed.
   */
  settle(forMs?: number): boolean;
}

/** How long an update works on the hypervolume: enough for any but the largest runs. */
const settleMs = 4;

/** Values that are remembered at most; a screen needs a dozen. */
const memories = 64;

const ownMetrics = ['accuracy', ...sizeMetrics];

/** The model of a run. */
export function createRunModel(first: RunView): GrowingModel {
  let view = first;
  let version = 0;
  let table: GrowingTable;
  let seen: TrialRow[];
  let hypervolume: HypervolumePoint[];
  let meter: ReturnType<typeof createHypervolumeMeter>;
  let finished: number;
  /** Trials that joined the front, of which `measured` are in the hypervolume. */
  let joins: { readonly row: TrialRow; readonly trials: number; readonly seconds: number }[];
  let measured: number;
  let memory = new Map<string, unknown>();
  let limits = JSON.stringify(limitConstraints(first.config));
  let devices = devicesOf(first);

  const restart = (): void => {
    const { objectives, metrics } = view.manifest;
    const rules = rulesOf(view);
    const limits = limitConstraints(view.config);
    const named = [
      ...metrics,
      ...objectives.map((objective) => objective.name),
      ...limits.map(({ metric }) => metric),
    ];
    const judged = devicesOf(view).map(({ metric }) => metric);
    const all = new Set([...ownMetrics, ...judged, ...named]);
    table = createTrialTable([...all], rules, limits, view.trials.length);
    meter = createHypervolumeMeter(rules);
    seen = [];
    hypervolume = [];
    finished = 0;
    joins = [];
    measured = 0;
  };

  const take = (row: TrialRow, index: number): void => {
    const wasOpen = seen[index]?.state !== 'complete';
    seen[index] = row;
    table.set(index, row);
    if (row.state !== 'complete' || !wasOpen) return;
    finished++;
    if (!table.onFront(index)) return;
    const seconds = activeSeconds(view, row.endedAt ?? row.startedAt);
    joins.push({ row, trials: finished, seconds });
  };

  const settle = (forMs = Number.POSITIVE_INFINITY): boolean => {
    const until = performance.now() + forMs;
    const before = measured;
    while (measured < joins.length && performance.now() < until) {
      const { row, trials, seconds } = joins[measured++] as (typeof joins)[number];
      meter.add(row);
      hypervolume.push({ trials, seconds, value: meter.value });
    }
    return measured > before;
  };

  const update = (next: RunView): void => {
    const now = JSON.stringify(limitConstraints(next.config));
    // A limit that was tightened judges every trial again.
    const replaced =
      next.trials.length < seen.length || next.manifest.created !== view.manifest.created || now !== limits;
    view = next;
    if (now !== limits) {
      limits = now;
      devices = devicesOf(next);
    }
    if (replaced) restart();
    for (let i = 0; i < next.trials.length; i++) {
      const row = next.trials[i] as TrialRow;
      if (row !== seen[i]) take(row, i);
    }
    settle(settleMs);
    version++;
    memory = new Map();
  };

  restart();
  update(first);
  return {
    get view() {
      return view;
    },
    get version() {
      return version;
    },
    get devices() {
      return devices;
    },
    get table() {
      return table;
    },
    get hypervolume() {
      return hypervolume;
    },
    get behind() {
      return measured < joins.length;
    },
    row: (index) => seen[index] as TrialRow,
    elapsedSeconds: (now) => activeSeconds(view, view.live ? now : (view.ended?.at ?? view.lastAt)),
    memo<T>(key: string, compute: () => T): T {
      if (memory.has(key)) return memory.get(key) as T;
      const value = compute();
      // A run that stands still is looked at for hours, and some keys hold the time.
      if (memory.size >= memories) memory.delete(memory.keys().next().value as string);
      memory.set(key, value);
      return value;
    },
    update,
    settle,
  };
}

function devicesOf({ config, profiles }: RunView): Device[] {
  return Object.keys(profiles)
    .toSorted((a, b) => orderIn(config.profiles, a) - orderIn(config.profiles, b))
    .map((name) => ({
      name,
      metric: limitedMetric(config, name),
      latencyMetric: latencyMetric(name),
      unit: config.robust ? 'high ms' : 'ms',
      limitMs: config.limits.latencyMs[name],
    }));
}

function orderIn(names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  return at < 0 ? names.length : at;
}

/** The workers that run a trial now, with how far it is. */
export function busyWorkers(
  model: RunModel,
): readonly (WorkerRow & { readonly row: TrialRow | undefined })[] {
  return model.view.workers.map((worker) => {
    const index = worker.trial === undefined ? undefined : model.table.rowOf(worker.trial);
    return { ...worker, row: index === undefined ? undefined : model.row(index) };
  });
}
