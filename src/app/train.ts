/** Training one architecture from scratch, into a folder of its own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asDiskError, packageVersion, parseWith, writeFileAtomic } from '../base/index.js';
import { type Architecture, countCost, lower, scaleTo } from '../models/index.js';
import { nextRunName } from '../runs/index.js';
import {
  type CurvePoint,
  type DataProgress,
  type DataSet,
  type DataSpec,
  type RecipeInput,
  type TrainingProgress,
  dataSpecSchema,
  describeData,
  encodeNetwork,
  loadDataSet,
  loadRuntime,
  recipeSchema,
  train,
} from '../training/index.js';
import { resolveArchitecture } from './architecture.js';
import { findTrial, parseTrial } from './trial.js';

export interface TrainArchitectureOptions {
  /** Default: CIFAR-10. */
  readonly data?: DataSpec | undefined;
  readonly recipe?: RecipeInput | undefined;
  readonly seed?: string | number | undefined;
  /** Training images held out for validation. Default: a tenth. */
  readonly validation?: number | undefined;
  /** Steps between measurements of validation accuracy; by default only at the end. */
  readonly validateEvery?: number | undefined;
  /** The folder to write; a new one under `trained/` by default. */
  readonly out?: string | undefined;
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainReport {
  readonly name: string;
  /** What it was trained at; `deploy` resolutions are the business of `cost` and `predict`. */
  readonly resolution: number;
  readonly classes: number;
  readonly params: number;
  readonly macs: number;
  /** On the held-out validation images. */
  readonly accuracy: number;
  readonly loss: number;
  readonly curve: readonly CurvePoint[];
  readonly steps: number;
  readonly seconds: number;
  /** Holds `architecture.json`, `weights.safetensors` and `training.json`. */
  readonly folder: string;
}

/**
 * Trains an architecture and saves it.
 * @param spec a file, `run#trial`, or a reference model's name; the last is scaled to the data's resolution.
 * @throws MixnasError `bad-config`, `bad-run`, `bad-data`, `no-space`, `diverged`; the signal's reason
 *   when aborted. Nothing is left behind by a training that failed.
 */
export async function trainArchitecture(
  spec: string,
  options: TrainArchitectureOptions = {},
): Promise<TrainReport> {
  const data = parseWith(dataSpecSchema, options.data ?? { name: 'cifar10' }, 'data', 'bad-config');
  const recipe = parseWith(recipeSchema, options.recipe ?? {}, 'recipe', 'bad-config');
  const { seed = 1, signal, validateEvery, onProgress } = options;
  const source = sourceOf(spec);
  const dataset = await loadDataSet(data, { onProgress: options.onData, signal });
  const { name, architecture } = fitTo(dataset, source);
  const graph = lower(architecture);
  const { params, macs } = countCost(graph);
  const folder = options.out ?? join('trained', nextRunName('trained', name.replace(/[^\w.@-]/g, '-')));
  const runtime = await loadRuntime();
  const split = { validation: options.validation ?? Math.floor(dataset.train.count / 10), seed };
  const job = { graph, dataset, split, recipe, seed, runtime, validateEvery, onProgress, signal };
  const result = await withFolder(folder, () => train(job));

  const { weights, ...measured } = result;
  const made = {
    mixnas: packageVersion(),
    backend: runtime.backend,
    tensorflow: runtime.tensorflowVersion,
    data,
    split,
    recipe,
    seed,
    ...measured,
  };
  const bytes = encodeNetwork({ architecture, weights, data: describeData(data, dataset) });
  writeFileAtomic(join(folder, 'architecture.json'), `${JSON.stringify(architecture, undefined, 2)}\n`);
  writeFileAtomic(join(folder, 'weights.safetensors'), bytes);
  writeFileAtomic(join(folder, 'training.json'), `${JSON.stringify(made, undefined, 2)}\n`);
  const { resolution, classes } = graph;
  return { name, resolution, classes, params, macs, ...measured, folder };
}

interface Source {
  readonly name: string;
  readonly architecture: Architecture;
  readonly reference: boolean;
}

function sourceOf(spec: string): Source {
  const trial = parseTrial(spec);
  if (trial) {
    const { architecture } = findTrial(trial);
    return { name: `${trial.run}-${trial.trial}`, architecture, reference: false };
  }
  const { name, architecture, source } = resolveArchitecture(spec);
  return { name, architecture, reference: source === 'reference' };
}

/** The architecture at the size of the data's images and with its number of classes. */
function fitTo(dataset: DataSet, { name, architecture, reference }: Source): Omit<Source, 'reference'> {
  const at = { resolution: dataset.train.width, classes: dataset.train.classes.length };
  if (!reference) return { name, architecture: { ...architecture, ...at } };
  const scaled = scaleTo(architecture, at);
  return { name: scaled.name ?? name, architecture: scaled };
}

/** Makes a folder, so that one that cannot be written is found early, and takes it away if `use` fails. */
async function withFolder<T>(folder: string, use: () => Promise<T>): Promise<T> {
  let made: string | undefined;
  try {
    made = mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
  try {
    return await use();
  } catch (error) {
    if (made !== undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
