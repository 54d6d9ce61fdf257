/** What the workers of a search take of this machine: looked at every other second, while that is on the screen. */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunModel } from '../model/run-model.js';

/** One worker since the last look. */
export interface WorkerLoad {
  readonly worker: number;
  /** Cores that it and its threads kept busy. */
  readonly cores: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Training steps a second, and images where the batch is known. */
  readonly steps: number | undefined;
  readonly images: number | undefined;
}

export interface GpuLoad {
  readonly name: string;
  readonly percent: number;
  readonly memoryBytes: number;
  readonly totalBytes: number;
  readonly celsius: number;
}

export interface MachineLoad {
  readonly workers: readonly WorkerLoad[];
  readonly gpus: readonly GpuLoad[];
  /** The warmest sensor of the processor. */
  readonly celsius: number | undefined;
}

export const noLoad: MachineLoad = { workers: [], gpus: [], celsius: undefined };

export interface MachineSampler {
  readonly load: MachineLoad;
  /** Looks again, unless that was a moment ago. Returns whether anything is new. */
  sample(model: RunModel): boolean;
}

const everyMs = 2000;
const gpuEveryMs = 5000;
/** Kernel ticks a second: 100 on every Linux that Node runs on. */
const ticks = 100;

interface Seen {
  readonly at: number;
  readonly cpu: number | undefined;
  readonly trial: number | undefined;
  readonly step: number;
}

export function createMachineSampler(onChange: () => void): MachineSampler {
  let load = noLoad;
  let sampledAt = Number.NEGATIVE_INFINITY;
  let gpuAt = Number.NEGATIVE_INFINITY;
  /** Whether this machine has `nvidia-smi`, as far as is known. */
  let hasGpu = true;
  const seen = new Map<number, Seen>();

  function askGpus(): void {
    if (!hasGpu || performance.now() - gpuAt < gpuEveryMs) return;
    gpuAt = performance.now();
    execFile('nvidia-smi', gpuQuery, { timeout: gpuEveryMs }, (error, stdout) => {
      if (error) {
        hasGpu = false;
        return;
      }
      load = { ...load, gpus: parseGpus(stdout) };
      onChange();
    });
  }

  function workerLoad(
    model: RunModel,
    worker: number,
    pid: number | undefined,
    trial: number | undefined,
  ): WorkerLoad {
    const process = pid === undefined ? undefined : processOf(pid);
    const row = trial === undefined ? undefined : model.table.rowOf(trial);
    const step = row === undefined ? 0 : model.row(row).step;
    const now: Seen = { at: performance.now(), cpu: process?.cpuSeconds, trial, step };
    const before = seen.get(worker);
    seen.set(worker, now);
    const seconds = before ? (now.at - before.at) / 1000 : 0;
    const busy = (now.cpu ?? Number.NaN) - (before?.cpu ?? Number.NaN);
    const cores = busy >= 0 && seconds > 0 ? busy / seconds : undefined;
    const isSame = before?.trial === trial && trial !== undefined;
    const done = isSame ? step - (before?.step ?? 0) : 0;
    const steps = done > 0 && seconds > 0 ? done / seconds : undefined;
    const batch = batchOf(model);
    return {
      worker,
      cores,
      memoryBytes: process?.memoryBytes,
      steps,
      images: steps === undefined || batch === undefined ? undefined : steps * batch,
    };
  }

  return {
    get load() {
      return load;
    },
    sample(model) {
      const { view } = model;
      const isHere = view.live && view.sessions.at(-1)?.host === hostname();
      if (!isHere) {
        const had = load !== noLoad;
        load = noLoad;
        return had;
      }
      if (performance.now() - sampledAt < everyMs) return false;
      sampledAt = performance.now();
      askGpus();
      load = {
        ...load,
        workers: view.workers.map(({ worker, pid, trial }) => workerLoad(model, worker, pid, trial)),
        celsius: celsiusOf(),
      };
      return true;
    },
  };
}

/** Images of a training step, where the config says. */
function batchOf({ view }: RunModel): number | undefined {
  const evaluator = view.config['evaluator'] as { batchSize?: unknown } | undefined;
  return typeof evaluator?.batchSize === 'number' ? evaluator.batchSize : undefined;
}

/** A short file of the system; undefined where it cannot be read. */
function systemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Processor time and memory of a process, as Linux has them; undefined elsewhere, and for one that is gone. */
export function processOf(
  pid: number,
): { readonly cpuSeconds: number; readonly memoryBytes: number } | undefined {
  const stat = systemFile(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name of the program, in parentheses, may hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  const pages = Number(systemFile(`/proc/${pid}/statm`)?.split(' ')[1] ?? Number.NaN);
  return { cpuSeconds: (user + system) / ticks, memoryBytes: pages * 4096 };
}

/** The warmest thermal zone; undefined where there is none. */
function celsiusOf(): number | undefined {
  const root = '/sys/class/thermal';
  try {
    const zones = readdirSync(root).filter((name) => name.startsWith('thermal_zone'));
    const values = zones
      .map((zone) => Number(systemFile(`${root}/${zone}/temp`)) / 1000)
      .filter((v) => v > 0 && v < 150);
    return values.length > 0 ? Math.max(...values) : undefined;
  } catch {
    return undefined;
  }
}

const gpuQuery = [
  '--query-gpu=name,utilization.gpu,memory.used,memory.total,temperature.gpu',
  '--format=csv,noheader,nounits',
];

/** What `nvidia-smi` prints, a GPU a line; memory is in MiB. */
export function parseGpus(text: string): GpuLoad[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 5)
    .map(([name = '', percent, used, total, celsius]) => ({
      name,
      percent: Number(percent),
      memoryBytes: Number(used) * 2 ** 20,
      totalBytes: Number(total) * 2 ** 20,
      celsius: Number(celsius),
    }));
}
