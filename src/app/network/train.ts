/** Training one architecture from scratch, into a folder of its own. */
import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import {
  asDiskError,
  type CurvePoint,
  makeFolders,
  MixnasError,
  ownPart,
  packageVersion,
  parseWith,
  readBytes,
  readDocument,
  removeOwn,
  removeOwnWhere,
  sizeLimits,
  writeFileAtomic,
} from '../../base/index.js';
import { type Architecture, architectureSchema, countCost, lower, scaleTo } from '../../models/index.js';
import { nextRunName } from '../../runs/index.js';
import {
  type DataProgress,
  type DataSet,
  type DataSpec,
  type RecipeInput,
  type TrainingProgress,
  type GateStatistics,
  type TrainingState,
  checkWeights,
  createEventFile,
  dataSpecSchema,
  decodeTrainingState,
  decodeWeights,
  describeData,
  encodeNetwork,
  loadDataSet,
  loadRuntime,
  parseJson,
  peakLearningRate,
  recipeSchema,
  train,
  writeTrainingState,
} from '../../training/index.js';
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
  /** Receives the folder whenever a checkpoint is in it, from which `resumeTraining` can continue. */
  readonly onCheckpoint?: ((folder: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Hooks = Pick<TrainArchitectureOptions, 'onData' | 'onProgress' | 'onCheckpoint' | 'signal'>;

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
  /** What the gates did on the validation images, where the network has some. */
  readonly gates?: GateStatistics;
  readonly steps: number;
  /** Of the recipe; more than `steps` where its patience ended the training. */
  readonly plannedSteps: number;
  readonly seconds: number;
  /** Holds `architecture.json`, `weights.safetensors`, `training.json`, `events/` and the last checkpoint. */
  readonly folder: string;
}

/** A recipe from a YAML or JSON file. @throws MixnasError `bad-config` that names the field. */
export function recipeOfFile(path: string): RecipeInput {
  const document = readDocument(path, 'bad-config') as RecipeInput;
  parseWith(recipeSchema, document, path, 'bad-config');
  return document;
}

/** What a training was asked to do; written into its checkpoints, so that a folder is all resuming takes. */
const jobSchema = z.strictObject({
  architecture: architectureSchema,
  name: z.string(),
  data: dataSpecSchema,
  recipe: recipeSchema,
  seed: z.union([z.string(), z.number()]),
  split: z.strictObject({ validation: z.number(), seed: z.union([z.string(), z.number()]) }),
  validateEvery: z.number().optional(),
});
type Job = Omit<z.output<typeof jobSchema>, 'architecture'> & { readonly architecture: Architecture };

const checkpointName = 'checkpoint.safetensors';
const weightsName = 'weights.safetensors';
const eventsName = 'events';

/**
 * Trains an architecture and saves it, with a checkpoint every epoch and TensorBoard's event files.
 * @param spec a file, `run#trial`, or a reference model's name; the last is scaled to the data's resolution.
 * @throws MixnasError `bad-usage` when the folder holds a training already; `bad-config`, `bad-run`, `bad-data`,
 *   `no-space`, `diverged`; the signal's reason when aborted. Nothing is left behind by a training that failed
 *   before its first checkpoint.
 */
export async function trainArchitecture(
  spec: string,
  options: TrainArchitectureOptions = {},
): Promise<TrainReport> {
  const data = parseWith(dataSpecSchema, options.data ?? { name: 'cifar10' }, 'data', 'bad-config');
  const asked = parseWith(recipeSchema, options.recipe ?? {}, 'recipe', 'bad-config');
  // Parsed again for the order of its fields, which is then that of a resumed training's files, too.
  const recipe = recipeSchema.parse({ ...asked, learningRate: peakLearningRate(asked) });
  const { seed = 1, signal, validateEvery } = options;
  const source = sourceOf(spec);
  if (options.out !== undefined) refuseTaken(options.out);
  const dataset = await loadDataSet(data, { onProgress: options.onData, signal });
  const { name, architecture } = fitTo(dataset, source);
  const folder = options.out ?? join('trained', nextRunName('trained', name.replace(/[^\w.@-]/g, '-')));
  const split = { validation: options.validation ?? Math.floor(dataset.train.count / 10), seed };
  const job: Job = { architecture, name, data, recipe, seed, split, validateEvery };
  return withFolder(folder, () => runJob(job, dataset, folder, undefined, options));
}

/**
 * Resumes a training that was interrupted, from its last checkpoint, to the bit as if it had not been.
 * @param folder what `train` wrote to.
 * @throws MixnasError `bad-data` when there is no checkpoint or it is broken.
 */
export async function resumeTraining(folder: string, options: Hooks = {}): Promise<TrainReport> {
  const path = join(folder, checkpointName);
  if (!ownPart(path, 'file', 'bad-data')) {
    throw new MixnasError('bad-data', `${path}: there is no checkpoint to resume from.`, {
      remedy: 'Checkpoints are written at the end of every epoch; train again from the start.',
    });
  }
  const bytes = readBytes(path, 'bad-data', { own: true, limit: sizeLimits.weights });
  const { metadata } = decodeWeights(bytes, path);
  const job = parseWith(
    jobSchema,
    parseJson(metadata['job'], `${path}: its \`job\``),
    `${path}, job`,
    'bad-data',
  );
  const state = decodeTrainingState(bytes, path);
  checkWeights(lower(job.architecture), state.weights, path);
  const dataset = await loadDataSet(job.data, { onProgress: options.onData, signal: options.signal });
  return runJob(job, dataset, folder, state, options);
}

async function runJob(
  job: Job,
  dataset: DataSet,
  folder: string,
  from: TrainingState | undefined,
  { onProgress, onCheckpoint, signal }: Hooks,
): Promise<TrainReport> {
  const { architecture, name, data, recipe, seed, split, validateEvery } = job;
  const graph = lower(architecture);
  const { params, macs } = countCost(graph);
  const runtime = await loadRuntime();
  const seconds = () => Date.now() / 1000;
  const events = createEventFile(join(folder, eventsName), {
    startStep: from?.step ?? 0,
    wallSeconds: seconds(),
  });
  const result = await train({
    graph,
    dataset,
    split,
    recipe,
    seed,
    runtime,
    validateEvery,
    from,
    onProgress,
    signal,
    graphAt: (resolution) => lower(architecture, { resolution }),
    onCheckpoint: (state) => {
      const metadata = { mixnas: packageVersion(), job: JSON.stringify(job) };
      writeTrainingState(join(folder, checkpointName), state, metadata);
      onCheckpoint?.(folder);
    },
    onStep: ({ step, loss, learningRate, imagesPerSecond, validation }) =>
      events.scalars(
        step,
        {
          'train/loss': loss,
          'train/learning_rate': learningRate,
          'train/images_per_second': imagesPerSecond,
          ...(validation && {
            'validation/accuracy': validation.accuracy,
            'validation/loss': validation.loss,
          }),
        },
        seconds(),
      ),
  });

  const { weights, state: _state, slots: _slots, ...measured } = result;
  events.scalars(
    result.steps,
    { 'validation/accuracy': result.accuracy, 'validation/loss': result.loss },
    seconds(),
  );
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
  const described = describeData(data, dataset);
  const bytes = encodeNetwork({ architecture, weights, data: described, gates: result.gates });
  writeFileAtomic(join(folder, 'architecture.json'), `${JSON.stringify(architecture, undefined, 2)}\n`);
  writeFileAtomic(join(folder, weightsName), bytes);
  writeFileAtomic(join(folder, 'training.json'), `${JSON.stringify(made, undefined, 2)}\n`);
  const { resolution, classes } = graph;
  return { name, resolution, classes, params, macs, ...measured, plannedSteps: recipe.steps, folder };
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

/**
 * A second training would leave the first one's files among its own until it has written them all: its
 * checkpoint, from which `--resume` would continue the first.
 * @throws MixnasError `bad-usage` when the folder holds a training.
 */
function refuseTaken(folder: string): void {
  const resumes = existsSync(join(folder, checkpointName));
  if (!resumes && !existsSync(join(folder, weightsName))) return;
  throw new MixnasError('bad-usage', `${folder} already holds a training.`, {
    remedy: resumes
      ? `Resume it: mixnas train ${folder} --resume. Or name another folder.`
      : 'Name another folder.',
  });
}

/** Makes a folder, so that one that cannot be written is found early, and takes it away if `use` fails. */
async function withFolder<T>(folder: string, use: () => Promise<T>): Promise<T> {
  let made: string | undefined;
  try {
    made = makeFolders(folder);
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
  try {
    return await use();
  } catch (error) {
    const kept = existsSync(join(folder, checkpointName));
    if (made !== undefined && !kept) removeMade(folder, made);
    throw error;
  }
}

/** Takes away the files of a training, and the folders that were made for it as far as nothing else is in them. */
function removeMade(folder: string, first: string): void {
  const events = join(folder, eventsName);
  removeOwnWhere(events, (name) => name.startsWith('events.out.tfevents.'), 'bad-data');
  for (const name of [weightsName, 'architecture.json', 'training.json']) removeOwn(join(folder, name));
  try {
    rmdirSync(events);
  } catch {
    // It is not there.
  }
  try {
    for (let inner = resolve(folder); inner.length >= resolve(first).length; inner = dirname(inner))
      rmdirSync(inner);
  } catch {
    // Something else is in it.
  }
}
