/** The training loop of a supernet. */
import { MixnasError, createRandom } from '../../base/index.js';
import type { MixnetSpace } from '../../models/index.js';
import { type DataSet, createBatchStream } from '../data/index.js';
import type { Runtime } from '../runtime/index.js';
import { learningRateAt } from '../train/schedule.js';
import { softTargets } from '../train/targets.js';
import type { TrainingProgress, TrainingState } from '../train/state.js';
import type { SupernetRecipe } from './recipe.js';
import { fairSubnets, sandwichSubnets } from './sampling.js';
import { type Supernet, createSupernet } from './supernet.js';

export interface SupernetTrainOptions {
  readonly space: MixnetSpace;
  readonly dataset: DataSet;
  /** The images to train on. */
  readonly indices: Uint32Array;
  readonly recipe: SupernetRecipe;
  /** Decides initial weights, order and augmentation of images, and which subnets are run. */
  readonly seed: string | number;
  readonly runtime: Runtime;
  /** Where an earlier part stopped; it continues bit for bit as if it had not. */
  readonly from?: TrainingState | undefined;
  /** Steps after which this part stops; the schedule stays that of the whole. */
  readonly until?: number | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Called with what resuming needs, every so many steps and at the end. */
  readonly checkpoint?: { readonly every: number; readonly save: (state: TrainingState) => void } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How often progress is reported, in steps. */
const reportEvery = 20;

/** A supernet with the optimizer of a recipe and initial weights. */
export function openSupernet(
  space: MixnetSpace,
  { train }: DataSet,
  recipe: SupernetRecipe,
  seed: string | number,
  runtime: Runtime,
): Supernet {
  const { momentum, nesterov, weightDecay } = recipe;
  return createSupernet({
    space,
    resolution: train.width,
    classes: train.classes.length,
    runtime,
    seed,
    optimizer: { name: 'sgd', momentum, nesterov, weightDecay },
  });
}

/**
 * Trains a supernet. The same options give the same weights, to the bit on one machine and backend.
 * @throws MixnasError `diverged` when a loss is no longer a number; as `createSupernet` does.
 */
export async function trainSupernet(options: SupernetTrainOptions): Promise<TrainingState> {
  const { space, dataset, recipe, seed, runtime, from } = options;
  const supernet = openSupernet(space, dataset, recipe, seed, runtime);
  try {
    if (from) supernet.load(from.weights, from.slots);
    return await loop(options, supernet);
  } finally {
    supernet.dispose();
  }
}

async function loop(options: SupernetTrainOptions, supernet: Supernet): Promise<TrainingState> {
  const { space, dataset, indices, recipe, seed, runtime, from, signal, onProgress } = options;
  const { tf } = runtime;
  const { batchSize, passes, sampling, steps } = recipe;
  const first = from?.step ?? 0;
  const until = Math.min(options.until ?? steps, steps);
  const random = createRandom(seed);
  const batches = createBatchStream(dataset.train, indices, {
    batchSize,
    augmentation: recipe.augmentation,
    random: random.fork('batches'),
    mean: dataset.mean,
    std: dataset.std,
    state: { step: first },
  });
  const { width, height, channels, classes } = dataset.train;
  const draw = sampling === 'sandwich' ? sandwichSubnets : fairSubnets;
  const started = performance.now();
  const state = (step: number): TrainingState => ({
    step,
    weights: supernet.weights(),
    slots: supernet.slots(),
  });
  let lossSum = 0;
  let reported = first;
  let saved: TrainingState | undefined;
  for (let step = first; step < until; step++) {
    signal?.throwIfAborted();
    const { images: pixels, labels } = await batches.next();
    const count = labels.length;
    const images = tf.tensor4d(pixels, [count, height, width, channels]);
    let targets = softTargets(labels, classes.length, recipe.labelSmoothing);
    const genomes = draw(space, random.fork(`subnets ${step}`), passes);
    for (const [i, genome] of genomes.entries()) {
      const { loss, probabilities } = supernet.pass(
        supernet.subnet(genome),
        { images, targets, count },
        1 / passes,
      );
      if (!Number.isFinite(loss)) throw diverged(step, loss);
      // The first of a sandwich is the largest: it teaches the others (in-place distillation).
      if (i === 0) lossSum += loss;
      if (i === 0 && sampling === 'sandwich') targets = probabilities;
    }
    images.dispose();
    supernet.apply(learningRateAt(step, recipe));
    const done = step + 1;
    if (done % reportEvery === 0 || done === until) {
      const imagesPerSecond = ((done - first) * batchSize) / ((performance.now() - started) / 1000);
      onProgress?.({ step: done, steps, loss: lossSum / (done - reported), imagesPerSecond });
      lossSum = 0;
      reported = done;
    }
    if (options.checkpoint && (done % options.checkpoint.every === 0 || done === until)) {
      saved = state(done);
      options.checkpoint.save(saved);
    }
    await new Promise(setImmediate);
  }
  return saved?.step === until ? saved : state(Math.max(first, until));
}

function diverged(step: number, loss: number): MixnasError {
  return new MixnasError(
    'diverged',
    `The supernet's training diverged: the loss is ${loss} at step ${step}.`,
    {
      remedy: 'Lower its learning rate or lengthen the warm-up.',
    },
  );
}
