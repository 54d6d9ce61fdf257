/**
 * Run folders for tests of what reads them: written by the real writer, over a real space and real
 * profiles, with accuracies from a formula instead of training.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { createRandom, packageRoot, packageVersion, type Random } from '../../src/base/index.js';
import { createPredictor, loadProfile, type Predictor } from '../../src/hardware/index.js';
import {
  type Architecture,
  countCost,
  lower,
  type MixnetSpace,
  parseSpace,
  referenceArchitecture,
} from '../../src/models/index.js';
import {
  createRun,
  encodeCurve,
  encodeGenome,
  type JournalEntry,
  type RunWriter,
} from '../../src/runs/index.js';

export interface MadeUpOptions {
  readonly trials: number;
  readonly profiles?: readonly string[];
  /** Trials still running when it stops. */
  readonly running?: number;
  /** Leaves the run open (`live`); the caller closes the writer. */
  readonly open?: boolean;
  readonly seed?: number;
  /** Trials of the budget; as many as are made by default. */
  readonly budget?: number;
  /** Points of each learning curve. */
  readonly curve?: number;
  /** Make latencies up as well, which is a hundred times faster than predicting them. */
  readonly quick?: boolean;
  /** Fields of the config that are to be others. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Blocks may have soft gates. */
  readonly gates?: boolean;
}

export interface MadeUpRun {
  readonly folder: string;
  readonly writer: RunWriter;
  readonly space: MixnetSpace;
  /** Adds the next finished trial, at the present time. */
  addTrial(): void;
}

const deploy = { resolution: 224, classes: 1000 };
const secondsPerTrial = 7;
const limits: Readonly<Record<string, number>> = { 'mali-g76': 30, 'ethos-u65': 12 };

/** Makes the run `name` in the folder `root`. */
export function makeUpRun(root: string, name: string, options: MadeUpOptions): MadeUpRun {
  const profiles = options.profiles ?? ['mali-g76', 'adreno-640', 'ethos-u65'];
  const predictors = profiles.map((profile) => createPredictor(loadProfile(profile)));
  const random = createRandom(options.seed ?? 1);
  const spaceSource = parseYaml(readFileSync(join(packageRoot(), 'spaces', 'cifar-small.yaml'), 'utf8')) as {
    readonly defaults: object;
  };
  if (options.gates) Object.assign(spaceSource.defaults, { gate: ['none', 'soft'] });
  const space = parseSpace(spaceSource);
  const models = ['mixnet-s', 'mixnet-m'].map((model) => ({
    name: model,
    values: price(referenceArchitecture(model), predictors),
  }));
  const scales = Object.fromEntries(
    profiles.map((p) => [
      `latencyMs.${p}`,
      limits[p] ?? Math.max(...models.map((m) => m.values[`latencyMs.${p}`] ?? 0)),
    ]),
  );
  const metrics = ['params', 'macs', 'peakMemoryBytes', ...profiles.map((p) => `latencyMs.${p}`)];
  const start = Date.now() - (options.trials * secondsPerTrial * 1000) / 2;
  let now = start;
  const writer = createRun(root, name, {
    manifest: {
      created: new Date(start).toISOString(),
      versions: { mixnas: packageVersion(), node: process.version },
      machine: { host: 'test', platform: 'linux', cpu: 'none', cores: 2, memoryBytes: 8e9 },
      backend: 'tensorflow',
      space: { name: space.name, hash: space.hash, size: String(space.size) },
      objectives: [
        { name: 'accuracy', direction: 'maximize' },
        ...profiles.map((p) => ({ name: `latencyMs.${p}`, direction: 'minimize' as const })),
      ],
      metrics,
      accuracySource: 'measured on validation images of cifar10 at 32x32, 400 training steps',
    },
    config: {
      seed: 1,
      space: 'cifar-small',
      dataset: 'cifar10',
      deploy,
      profiles: [...profiles],
      limits: { latencyMs: Object.fromEntries(profiles.flatMap((p) => (limits[p] ? [[p, limits[p]]] : []))) },
      sampler: { name: 'nsga2' },
      evaluator: { name: 'training', steps: 400, validation: 5000 },
      budget: { trials: options.budget ?? options.trials },
      ...options.config,
    },
    space: spaceSource,
    references: { models, scales },
    profiles: Object.fromEntries(
      profiles.map((p) => [p, readFileSync(join(packageRoot(), 'profiles', `${p}.json`), 'utf8')]),
    ),
  });
  const append = (entry: JournalEntry): void => at(now, () => writer.append(entry));
  append({
    type: 'session',
    version: packageVersion(),
    host: 'test',
    pid: process.pid,
    resumed: false,
    workers: 2,
    backend: 'tensorflow',
    trials: options.budget ?? options.trials,
  });
  for (const worker of [0, 1]) append({ type: 'worker', worker, state: 'started', pid: 1000 + worker });

  const seen = new Set<string>();
  const good: Uint8Array[] = [];
  let id = 0;

  /** A genome within the limits that was not taken before; half of them neighbours of earlier ones. */
  const propose = (): { genome: Uint8Array; known: Record<string, number>; parents: number[] } => {
    for (;;) {
      const parent = good.length > 8 && random.next() < 0.6 ? random.int(good.length) : -1;
      const genome = parent < 0 ? space.random(random) : mutate(space, good[parent] as Uint8Array, random);
      const key = space.key(genome);
      if (seen.has(key)) continue;
      seen.add(key);
      const known = options.quick ? priceQuickly(genome, profiles) : price(space.decode(genome), predictors);
      if (profiles.some((p) => (known[`latencyMs.${p}`] ?? 0) > (limits[p] ?? Infinity))) continue;
      good.push(genome);
      return { genome, known, parents: parent < 0 ? [] : [parent] };
    }
  };

  const ask = (): { id: number; known: Record<string, number> } => {
    const { genome, known, parents } = propose();
    append({
      type: 'ask',
      id,
      genome: encodeGenome(genome),
      known: metrics.map((metric) => known[metric] ?? 0),
      ...(parents.length ? { parents } : {}),
      origin: parents.length ? 'mutation' : 'random',
    });
    return { id: id++, known };
  };

  const finish = (trial: { id: number; known: Record<string, number> }): void => {
    const worker = trial.id % 2;
    if (random.next() < 0.02) {
      append({
        type: 'tell',
        id: trial.id,
        state: 'failed',
        reason: 'diverged at step 120',
        seconds: 3,
        worker,
      });
      return;
    }
    const accuracy = accuracyOf(trial.known, random.normal());
    const points = options.curve ?? 4;
    append({
      type: 'tell',
      id: trial.id,
      state: 'complete',
      values: { accuracy: Math.round(accuracy * 5000) / 5000 },
      seconds: secondsPerTrial + random.next(),
      worker,
      curve: encodeCurve(
        Array.from({ length: points }, (_, i) => {
          const share = (i + 1) / points;
          const loss = 2.3 - 1.4 * accuracy * share;
          // As many digits as a search writes.
          const short = (value: number) => Number(value.toPrecision(4));
          return {
            step: Math.round(400 * share),
            loss: short(loss),
            accuracy: short(accuracy * share ** 0.4),
          };
        }),
      ),
    });
  };

  const addTrial = (): void => {
    now = Math.max(now, Date.now());
    finish(ask());
  };

  for (let i = 0; i < options.trials; i++) {
    now += (secondsPerTrial * 1000) / 2;
    finish(ask());
  }
  for (let worker = 0; worker < (options.running ?? 0); worker++) {
    const trial = ask();
    const step = 120 + 80 * worker;
    append({ type: 'report', id: trial.id, worker, step, steps: 400, loss: 1.6, accuracy: 0.41 });
  }
  if (!options.open) {
    append({ type: 'end', reason: 'trials' });
    writer.close();
  }
  return { folder: writer.folder, writer, space, addTrial };
}

function price(architecture: Architecture, predictors: readonly Predictor[]): Record<string, number> {
  const graph = lower(architecture, deploy);
  return {
    ...countCost(graph),
    peakMemoryBytes: graph.ops.reduce(
      (most, op) => Math.max(most, op.shape[0] * op.shape[1] * op.shape[2] * 8),
      0,
    ),
    ...Object.fromEntries(predictors.map((p) => [`latencyMs.${p.profile.name}`, p.latencyMs(graph)])),
  };
}

/** Prices that depend on the genome alone, like real ones; not like this network's. */
function priceQuickly(genome: Uint8Array, profiles: readonly string[]): Record<string, number> {
  const size = genome.reduce((sum, gene, i) => sum + ((gene * (i + 7)) % 13), 0) / genome.length;
  return {
    params: Math.round(2e4 * size * size),
    macs: Math.round(1e7 * size * size),
    peakMemoryBytes: Math.round(1e6 * size),
    ...Object.fromEntries(
      profiles.map((p, i) => [`latencyMs.${p}`, (size * size + ((genome[i] ?? 0) % 5)) / 4]),
    ),
  };
}

/** More multiply-adds help, less and less. */
function accuracyOf(known: Readonly<Record<string, number>>, noise: number): number {
  const size = Math.log10((known['macs'] ?? 1e7) / 1e7) + 0.4 * Math.log10((known['params'] ?? 1e5) / 1e5);
  return Math.min(0.95, Math.max(0.1, 0.42 + 0.14 * size + 0.025 * noise));
}

function mutate(space: MixnetSpace, genome: Uint8Array, random: Random): Uint8Array {
  const child = genome.slice();
  for (let i = 0; i < 2; i++) {
    const gene = random.int(space.genes.length);
    child[gene] = random.int(space.genes[gene]?.values.length ?? 1);
  }
  return space.canonical(child);
}

/** Runs `action` while the wall clock says `time`. */
function at(time: number, action: () => void): void {
  const now = Date.now;
  Date.now = () => Math.round(time);
  try {
    action();
  } finally {
    Date.now = now;
  }
}
