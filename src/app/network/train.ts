/** Training one architecture, into a folder of its own. */
import { join } from 'node:path';
import { z } from 'zod';
import {
  type CurvePoint,
  type DataIdentity,
  dataIdentitySchema,
  formatInteger,
  MixnasError,
  ownPart,
  packageVersion,
  parseWith,
  readBytes,
  readDocument,
  sizeLimits,
  writeFileAtomic,
  heldOutCount,
} from '../../base/index.js';
import { type Architecture, architectureSchema, countCost, lower } from '../../models/index.js';
import { nextRunName } from '../../runs/index.js';
import {
  type DataSet,
  type GateStatistics,
  type RecipeInput,
  type TrainingState,
  type Weights,
  arrangeClasses,
  checkWeights,
  createEventFile,
  dataSpecSchema,
  decodeTrainingState,
  decodeWeights,
  describeData,
  encodeNetwork,
  loadRuntime,
  parseJson,
  recipeSchema,
  train,
  writeTrainingState,
} from '../../training/index.js';
import { startOn, startingWeights } from './fine-tune.js';
import { readSaved } from './saved.js';
import { type TrainArchitectureOptions, openTrainingData, recipeFor } from './train-inputs.js';
import { recordedWith, sourceOf } from './train-source.js';
import { dataText } from '../data/index.js';
import { openAgain } from './trained-data.js';
import { checkpointName, eventsName, refuseTaken, weightsName, withFolder } from './training-folder.js';

type Hooks = Pick<TrainArchitectureOptions, 'onNotice' | 'onData' | 'onProgress' | 'onCheckpoint' | 'signal'>;

export interface TrainReport {
  readonly name: string;
  /** What it was trained at; `deploy` resolutions are the business of `cost` and `predict`. */
  readonly resolution: number;
  readonly classes: number;
  /** What it was trained on: a name, or a folder's path. */
  readonly data: string;
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

const perChannel = z.array(z.number()).readonly();

/** What a training was asked to do; written into its checkpoints, so that a folder is all resuming takes. */
const jobSchema = z.strictObject({
  architecture: architectureSchema,
  name: z.string(),
  data: dataSpecSchema,
  /** Which data that is; trainings of 0.1.0 do not say it. */
  identity: dataIdentitySchema(z).optional(),
  /** Of the weights that it began with. */
  normalisation: z.strictObject({ mean: perChannel, std: perChannel }).optional(),
  recipe: recipeSchema,
  seed: z.union([z.string(), z.number()]),
  split: z.strictObject({ validation: z.number(), seed: z.union([z.string(), z.number()]) }),
  validateEvery: z.number().optional(),
});
type Job = Omit<z.output<typeof jobSchema>, 'architecture'> & { readonly architecture: Architecture };

/**
 * Trains an architecture and saves it, with a checkpoint every epoch and TensorBoard's event files. A trial's or
 * weights' own data, resolution, split and recipe are taken unless others are asked for.
 * @param spec a file, `run#trial`, weights, or a reference model's name; the last is scaled to the data's resolution.
 * @throws MixnasError `bad-usage` when the folder holds a training already; `bad-config`, `bad-run`, `bad-data`,
 *   `no-space`, `diverged`; the signal's reason when aborted. Nothing is left behind by a training that failed
 *   before its first checkpoint.
 */
export async function trainArchitecture(
  spec: string,
  options: TrainArchitectureOptions = {},
): Promise<TrainReport> {
  const { seed = 1, validateEvery, from, onNotice } = options;
  const source = sourceOf(spec);
  const recipe = recipeFor(source, options);
  if (options.data) parseWith(dataSpecSchema, options.data, 'data', 'bad-config');
  if (options.out !== undefined) refuseTaken(options.out);
  const start = from === undefined ? undefined : { saved: readSaved(from), what: `The weights of ${from}` };
  const own = options.data === undefined;
  const recorded = own
    ? (source.recorded ?? (start && recordedWith(start.saved, from as string)))
    : undefined;
  const opened = await openTrainingData(spec, source, recorded, options);
  const begun = start && startOn(start.saved, opened.dataset, start.what);
  const names = recorded?.identity?.classes.map(({ name }) => name);
  const dataset =
    begun?.dataset ?? (names ? arrangeClasses(opened.dataset, names, recorded?.what ?? '') : opened.dataset);
  for (const text of [opened.notice, begun?.text]) if (text !== undefined) onNotice?.(text);

  const { width, classes, count } = dataset.train;
  const architecture = source.fitted({ resolution: width, classes: classes.length });
  const weights =
    start &&
    startingWeights(lower(architecture), start.saved, begun?.keepsClassifier ?? false, start.what, seed);
  const name = source.name ?? architecture.name ?? spec;
  const folder = options.out ?? join('trained', nextRunName('trained', name.replace(/[^\w.@-]/g, '-')));
  const held = own ? source.split : undefined;
  const split = {
    validation: held
      ? heldOutCount(options.validation ?? held.validation, count)
      : (options.validation ?? Math.max(1, Math.floor(count / 10))),
    seed: held?.seed ?? seed,
  };
  if (held && source.recorded) {
    const taken =
      options.wholeRecipe || !source.recipe
        ? 'the data and the split'
        : 'the data, the split and the recipe, but for what is given here';
    onNotice?.(`${source.recorded.what} gives ${taken}: ${formatInteger(recipe.steps)} steps.`);
  }
  const job: Job = {
    architecture,
    name,
    data: opened.spec,
    identity: inOrderOf(opened.identity, classes),
    ...(start && { normalisation: { mean: dataset.mean, std: dataset.std } }),
    recipe,
    seed,
    split,
    validateEvery,
  };
  return withFolder(folder, () => runJob(job, dataset, folder, { weights }, options));
}

/** An identity with its classes in the order of the labels. */
function inOrderOf(identity: DataIdentity, names: readonly string[]): DataIdentity {
  const place = (name: string) => names.indexOf(name);
  return { ...identity, classes: identity.classes.toSorted((a, b) => place(a.name) - place(b.name)) };
}

/**
 * Resumes a training that was interrupted, from its last checkpoint, to the bit as if it had not been.
 * @param folder what `train` wrote to.
 * @param options `data`: where the same images lie now.
 * @throws MixnasError `bad-data` when there is no checkpoint, it is broken, or the data is not what it was.
 */
export async function resumeTraining(
  folder: string,
  options: Hooks & Pick<TrainArchitectureOptions, 'data'> = {},
): Promise<TrainReport> {
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
  const opened = await openAgain(
    { spec: job.data, identity: job.identity },
    options.data,
    { what: `The training in ${folder}`, command: ['train', folder, '--resume'] },
    {
      channels: job.architecture.inputChannels,
      onProgress: options.onData,
      signal: options.signal,
    },
  );
  if (opened.notice !== undefined) options.onNotice?.(opened.notice);
  const names = job.identity?.classes.map(({ name }) => name);
  const labelled = names
    ? arrangeClasses(opened.dataset, names, `The training in ${folder}`)
    : opened.dataset;
  const dataset = { ...labelled, ...job.normalisation };
  return runJob({ ...job, data: opened.spec }, dataset, folder, { state }, options);
}

async function runJob(
  job: Job,
  dataset: DataSet,
  folder: string,
  { state: from, weights }: { readonly state?: TrainingState; readonly weights?: Weights | undefined },
  { onProgress, onCheckpoint, signal }: Hooks,
): Promise<TrainReport> {
  const { architecture, name, data, identity, recipe, seed, split, validateEvery } = job;
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
    weights,
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

  const { weights: trained, state: _state, slots: _slots, ...measured } = result;
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
    ...(identity && { identity }),
    split,
    recipe,
    seed,
    ...measured,
  };
  const described = describeData(data, dataset, identity);
  const bytes = encodeNetwork({ architecture, weights: trained, data: described, gates: result.gates });
  writeFileAtomic(join(folder, 'architecture.json'), `${JSON.stringify(architecture, undefined, 2)}\n`);
  writeFileAtomic(join(folder, weightsName), bytes);
  writeFileAtomic(join(folder, 'training.json'), `${JSON.stringify(made, undefined, 2)}\n`);
  const { resolution, classes } = graph;
  return {
    name,
    resolution,
    classes,
    data: dataText(data),
    params,
    macs,
    ...measured,
    plannedSteps: recipe.steps,
    folder,
  };
}
