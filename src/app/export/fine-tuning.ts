/** Training a quantized network on where its integers lose too much. */
import { MixnasError, createRandom } from '../../base/index.js';
import { fineTune } from '../../export/index.js';
import {
  type DataSet,
  allIndices,
  createBatchStream,
  loadRuntime,
  resizeImages,
  splitTrainValidation,
} from '../../training/index.js';
import { type Quantized, type TrainingImages, layersOf, simulatedError } from './int8.js';
import { largeImages } from './images.js';
import type { ExportOptions } from './options.js';
import type { FineTuning } from './report.js';
import type { ExportSource } from './sources.js';

/** What fine-tuning is told where the user says nothing. */
const defaults = { steps: 300, seed: 1 } as const;
/** Images of a step; of large ones fewer. */
const batchSizes = { small: 32, large: 8 } as const;

export interface FineTuned {
  readonly quantized: Quantized;
  readonly about: FineTuning;
}

/**
 * Trains on with the images of the training set, flipped and shifted by chance.
 * @param accuracy in integers before, where it is known.
 * @throws MixnasError `bad-usage` for a network whose images are not known.
 */
export async function fineTuneInt8(
  source: ExportSource,
  before: Quantized,
  images: TrainingImages,
  dataset: DataSet | undefined,
  { qatSteps = defaults.steps, qatSeed = defaults.seed, onStep, signal }: ExportOptions,
  accuracy?: number,
): Promise<FineTuned> {
  if (!dataset) {
    throw new MixnasError('bad-usage', `${source.spec} was not trained, so it cannot be fine-tuned.`, {
      remedy: 'Leave --qat always out, or export a trained network.',
    });
  }
  const wanted = source.architecture.resolution > largeImages ? batchSizes.large : batchSizes.small;
  const batchSize = Math.min(wanted, dataset.train.count);
  const losses: number[] = [];
  const graph = await fineTune(await loadRuntime(), before.graph, {
    steps: qatSteps,
    next: batchesOf(source, dataset, batchSize, qatSeed),
    signal,
    onStep(step, loss) {
      losses.push(loss);
      onStep?.(`fine-tuning ${source.spec}: step ${step} of ${qatSteps}, loss ${loss.toFixed(3)}`);
    },
  });
  const error = simulatedError(graph, images.choice, before.expected);
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  const mean = (part: readonly number[]) => part.reduce((a, b) => a + b, 0) / part.length;
  return {
    quantized: { ...before, graph, chosen: { ...before.chosen, error }, layers: layersOf(graph, images) },
    about: {
      steps: qatSteps,
      seed: qatSeed,
      batchSize,
      loss: [mean(losses.slice(0, tenth)), mean(losses.slice(-tenth))],
      before: { accuracy, error: before.chosen.error, layers: before.layers },
    },
  };
}

/** Training images in batches of the size that the network reads. */
function batchesOf(
  { mean, std, architecture: { resolution } }: ExportSource,
  { train }: DataSet,
  batchSize: number,
  seed: number,
) {
  const stream = createBatchStream(train, trainingIndices(train), {
    mean,
    std,
    batchSize,
    augmentation: { flip: true, padCrop: Math.round(train.height / 16), cutout: 0 },
    random: createRandom(`fine-tuning ${seed}`),
  });
  return async () => {
    const { images, labels } = await stream.next();
    if (train.height === resolution) return { images, labels };
    return { images: resizeImages(images, batchSize, train.height, resolution, train.channels), labels };
  };
}

/** All images but those that the data itself holds out. */
const trainingIndices = (train: DataSet['train']): Uint32Array =>
  train.validation === undefined ? allIndices(train) : splitTrainValidation(train, { seed: 0 }).train;
