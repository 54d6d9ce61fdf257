/** Repeats the comparisons of the MixConv paper on a training budget; continues where it was interrupted. */
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  MixnasError,
  asDiskError,
  makeFolders,
  messageOf,
  parseWith,
  readTextFile,
  sizeLimits,
  writeFileAtomic,
} from '../../base/index.js';
import { createExecutor, defaultWorkers, evaluatorSchema } from '../../evaluation/index.js';
import { createPredictor, loadProfile, usualProfiles } from '../../hardware/index.js';
import { type Architecture, architectureHash, countCost, lower } from '../../models/index.js';
import { type DataSpec, dataSpecSchema, identifyData, loadDataSet } from '../../training/index.js';
import { atEqualLatency } from './equal.js';
import { measureOnHost } from './host.js';
import { type Comparison, comparisons } from './plan.js';
import { type AblationReport, type ComparisonReport, ablationMarkdown } from './report.js';

export interface AblateOptions {
  /** Names of comparisons; default: all. */
  readonly only?: readonly string[] | undefined;
  readonly data?: DataSpec | undefined;
  /** Training steps of every network. Default 1000. */
  readonly steps?: number | undefined;
  /** Seeds of every network. Default 3. */
  readonly seeds?: number | undefined;
  readonly workers?: number | undefined;
  /** Where results are kept as they come, and the report written. Default `ablation`. */
  readonly out?: string | undefined;
  /** Seconds of timing for each network of the group comparison; 0 leaves this host out. Default 2. */
  readonly hostSeconds?: number | undefined;
  /** Profiles on each of which every variant of a comparison has the same predicted latency; default: variants as they are. */
  readonly equalLatency?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: AblateProgress) => void) | undefined;
}

export interface AblateProgress {
  /** Trainings done, of `trainings`. */
  readonly done: number;
  readonly trainings: number;
  readonly comparison: string;
  readonly variant: string;
  readonly accuracy: number;
}

const lineSchema = z.strictObject({
  /** Of the architecture, data and recipe: a result of others is not taken. */
  key: z.string(),
  comparison: z.string(),
  variant: z.string(),
  seed: z.number(),
  accuracy: z.number(),
  seconds: z.number(),
});
type Line = z.output<typeof lineSchema>;

interface Job {
  readonly key: string;
  readonly comparison: string;
  readonly variant: string;
  readonly seed: number;
  readonly architecture: Architecture;
}

/** @throws MixnasError `bad-usage` for an unknown comparison, `bad-data`, `no-space`. */
export async function ablate(options: AblateOptions = {}): Promise<AblationReport> {
  const { steps = 1000, seeds = 3, out = 'ablation', workers = defaultWorkers(), signal } = options;
  const dataset = parseWith(dataSpecSchema, options.data ?? { name: 'cifar10' }, 'data', 'bad-config');
  const loaded = await loadDataSet(dataset, { signal });
  const { train } = loaded;
  // Results are of the images that a folder held: with others in it, all is trained again.
  const { hash } = await identifyData(dataset, () => loaded);
  const images = dataset.name === 'folder' ? hash : undefined;
  const all = comparisons({ resolution: train.width, classes: train.classes.length });
  const { equalLatency } = options;
  const named = choose(all, options.only ?? (equalLatency && ['kernels', 'dilation', 'gate']));
  const chosen = equalLatency ? equalLatency.flatMap((profile) => atEqualLatency(named, profile)) : named;
  const evaluator = parseWith(
    evaluatorSchema,
    { name: 'training', steps, validation: Math.max(1, Math.floor(train.count / 10)) },
    'recipe',
    'bad-config',
  );
  const path = join(out, 'ablation.jsonl');
  const lines = readLines(path, out);
  const jobs: Job[] = chosen.flatMap(({ name, variants }) =>
    variants.flatMap(({ name: variant, architecture }) =>
      Array.from({ length: seeds }, (_, i): Job => {
        const key = `${architectureHash(architecture)} ${JSON.stringify({ dataset, images, evaluator })} ${i + 1}`;
        return { key, comparison: name, variant, seed: i + 1, architecture };
      }),
    ),
  );
  // The same network in two comparisons is trained once.
  const waiting = [...new Map(jobs.map((job) => [job.key, job])).values()].filter(
    ({ key }) => !lines.has(key),
  );
  const total = new Set(jobs.map(({ key }) => key)).size;
  if (waiting.length > 0) {
    const executor = await createExecutor({
      evaluator,
      dataset,
      splitSeed: 1,
      workers: Math.min(workers, waiting.length),
      signal,
    });
    const stop = () => void executor.close();
    signal?.addEventListener('abort', stop);
    try {
      await Promise.all(
        waiting.map(async (job, trial) => {
          const { architecture, key, comparison, variant, seed } = job;
          const outcome = await executor.run({ trial, architecture, seed: `ablation/${seed}` });
          if (outcome.state === 'interrupted') return;
          if (outcome.state === 'failed') throw new MixnasError('failed', `${variant}: ${outcome.reason}`);
          const accuracy = outcome.values['accuracy'] as number;
          const line = { key, comparison, variant, seed, accuracy, seconds: outcome.seconds };
          appendFileSync(path, `${JSON.stringify(line)}\n`);
          lines.set(key, line);
          const done = total - waiting.filter((one) => !lines.has(one.key)).length;
          options.onProgress?.({ done, trainings: total, comparison, variant, accuracy });
        }),
      );
    } finally {
      signal?.removeEventListener('abort', stop);
      await executor.close();
    }
    signal?.throwIfAborted();
  }
  const hostSeconds = options.hostSeconds ?? 2;
  const groups = chosen.find(({ name }) => name === 'groups');
  const hostMs =
    groups && hostSeconds > 0
      ? await measureOnHost(groups.variants, {
          seconds: hostSeconds,
          log: join(out, 'ablation-host.jsonl'),
          signal,
        })
      : undefined;
  const report: AblationReport = {
    data: dataset.name,
    resolution: train.width,
    steps,
    seeds,
    seconds: [...lines.values()].reduce((sum, line) => sum + line.seconds, 0),
    comparisons: chosen.map((comparison) => reportOf(comparison, jobs, lines)),
    ...(equalLatency && { equalLatency }),
    groups: groups && {
      variants: groups.variants.map(({ name }) => name),
      devices: devicesOf(groups, hostMs),
    },
  };
  writeFileAtomic(join(out, 'ablation.md'), ablationMarkdown(report));
  return report;
}

function choose(all: readonly Comparison[], only: readonly string[] | undefined): readonly Comparison[] {
  if (!only || only.length === 0) return all;
  return only.map((name) => {
    const found = all.find((comparison) => comparison.name === name);
    if (found) return found;
    throw new MixnasError('bad-usage', `There is no comparison ${name}.`, {
      remedy: `Choose among ${all.map((comparison) => comparison.name).join(', ')}.`,
    });
  });
}

/** What an earlier session left; a torn last line is dropped. */
function readLines(path: string, folder: string): Map<string, Line> {
  try {
    makeFolders(folder);
    if (!existsSync(path)) return new Map();
    const lines = readTextFile(path, 'bad-data', { limit: sizeLimits.table }).split('\n').filter(Boolean);
    const parsed = lines.flatMap((text): Line[] => {
      try {
        return [lineSchema.parse(JSON.parse(text))];
      } catch {
        return [];
      }
    });
    writeFileAtomic(path, parsed.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return new Map(parsed.map((line) => [line.key, line]));
  } catch (error) {
    if (error instanceof MixnasError) throw error;
    throw asDiskError(error, folder) ?? new MixnasError('failed', `${folder}: ${messageOf(error)}.`);
  }
}

function reportOf(
  { name, title, claim, variants }: Comparison,
  jobs: readonly Job[],
  lines: ReadonlyMap<string, Line>,
): ComparisonReport {
  return {
    name,
    title,
    claim,
    variants: variants.map(({ name: variant, architecture, ...rest }) => {
      const { params, macs } = countCost(lower(architecture));
      const own = jobs.filter((job) => job.comparison === name && job.variant === variant);
      const accuracies = own.map(({ key }) => lines.get(key)?.accuracy as number);
      return {
        name: variant,
        params,
        macs,
        accuracies,
        ...('latencyMs' in rest && { latencyMs: rest.latencyMs as number }),
      };
    }),
  };
}

/** Latency by number of groups: predicted on each device, measured on this host. */
function devicesOf({ variants }: Comparison, hostMs: readonly number[] | undefined) {
  const graphs = variants.map(({ architecture }) => lower(architecture));
  const predicted = usualProfiles().map((name) => {
    const { latencyMs } = createPredictor(loadProfile(name));
    return { name, measured: false, latencyMs: graphs.map((graph) => latencyMs(graph)) };
  });
  const host = hostMs ? [{ name: 'this host', measured: true, latencyMs: hostMs }] : [];
  return [...host, ...predicted];
}
