/** What a training is asked for, and what of it comes from the run or the weights instead. */
import { parseWith } from '../../base/index.js';
import {
  type DataProgress,
  type DataSpec,
  type Recipe,
  type RecipeInput,
  type TrainingProgress,
  dataSpecSchema,
  peakLearningRate,
  recipeSchema,
} from '../../training/index.js';
import { sizedData, sizedFolder } from '../data/index.js';
import type { TrainingSource } from './train-source.js';
import { type OpenedData, openGiven, openRecorded } from './trained-data.js';

export interface TrainArchitectureOptions {
  /** Default: that of the trial's run or of the weights, else CIFAR-10. */
  readonly data?: DataSpec | undefined;
  /** What images are brought to; default: as in the run, of the weights, else that of the data. */
  readonly resolution?: number | undefined;
  /** Weights to start from: `run#trial`, a file or a folder. */
  readonly from?: string | undefined;
  /** Fields that take the place of those of the trial's run, else of the defaults. */
  readonly recipe?: RecipeInput | undefined;
  /** Whether `recipe` is the whole recipe, so that the run's does not count. */
  readonly wholeRecipe?: boolean | undefined;
  readonly seed?: string | number | undefined;
  /** Training images held out for validation. Default: a tenth. */
  readonly validation?: number | undefined;
  /** Steps between measurements of validation accuracy; by default only at the end. */
  readonly validateEvery?: number | undefined;
  /** The folder to write; a new one under `trained/` by default. */
  readonly out?: string | undefined;
  /** Receives what the user is to know of the data and of how it starts. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Receives the folder whenever a checkpoint is in it, from which `resumeTraining` can continue. */
  readonly onCheckpoint?: ((folder: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The data that is asked for, else that of the run or of the weights, else CIFAR-10. */
export function openTrainingData(
  spec: string,
  { resolution: folderResolution, inputChannels }: Pick<TrainingSource, 'resolution' | 'inputChannels'>,
  recorded: TrainingSource['recorded'],
  { data, resolution, from, onData, signal }: TrainArchitectureOptions,
): Promise<OpenedData> {
  const loading = { channels: inputChannels, onProgress: onData, signal };
  const sized = (given: DataSpec) =>
    resolution !== undefined
      ? sizedData(given, resolution)
      : folderResolution === undefined
        ? given
        : sizedFolder(given, folderResolution);
  if (data === undefined && recorded) {
    const command = ['train', spec, ...(from === undefined ? [] : ['--from', from])];
    const same = dataSpecSchema.parse(sized(recorded.spec));
    return openRecorded({ ...recorded, spec: same }, { what: recorded.what, command }, loading);
  }
  return openGiven(sized(data ?? { name: 'cifar10' }), loading);
}

/** The run's recipe with what is asked for in its place. */
export function recipeFor(
  { recipe: own }: TrainingSource,
  { recipe: given = {}, wholeRecipe }: TrainArchitectureOptions,
): Recipe {
  const base = wholeRecipe || !own ? {} : own;
  const { learningRate, ...rest } = base;
  // A learning rate suits its optimizer, and no other.
  const keepsRate = given.optimizer === undefined || given.optimizer === base.optimizer;
  const augmentation = { ...base.augmentation, ...given.augmentation };
  const merged = {
    ...rest,
    ...(keepsRate && learningRate !== undefined && { learningRate }),
    ...given,
    augmentation,
  };
  const asked = parseWith(recipeSchema, merged, 'recipe', 'bad-config');
  // Parsed again for the order of its fields, which is then that of a resumed training's files, too.
  return recipeSchema.parse({ ...asked, learningRate: peakLearningRate(asked) });
}
