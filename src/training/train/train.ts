/** The training loop. */
import { MixnasError, createRandom } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import { type DataSet, type Split, createBatchStream, splitTrainValidation } from '../data/index.js';
import type { Trainer } from '../network/contract.js';
import { createTrainer } from '../network/network.js';
import type { Weights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { evaluateOn } from './evaluate.js';
import type { Recipe } from './recipe.js';
import { learningRateAt, statisticsShareAt } from './schedule.js';
import { softTargets } from './targets.js';

/** How far a training is. */
export interface TrainingProgress {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean training loss since the last report. */
  readonly loss: number;
  readonly imagesPerSecond: number;
}

/** A point of the learning curve. */
export interface CurvePoint {
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  /** On the validation images, where it was measured. */
  readonly accuracy?: number;
}

export interface TrainingResult {
  /** Accuracy on the held-out validation images, after the last step. */
  readonly accuracy: number;
  /** Cross-entropy there. */
  readonly loss: number;
  readonly curve: readonly CurvePoint[];
  readonly weights: Weights;
  /** The optimizer's variables. */
  readonly slots: Weights;
  /** Steps done, those of an earlier part included. */
  readonly steps: number;
  /** Of this part. */
  readonly seconds: number;
}

/** A training between two steps: with the same options, all that going on takes. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly weights: Weights;
  /** The optimizer's variables. */
  readonly slots: Weights;
}

export interface TrainOptions {
  readonly graph: LayerGraph;
  readonly dataset: DataSet;
  /** How many training images are held out for validation, and which: by seed. */
  readonly split: { readonly validation: number; readonly seed: string | number };
  readonly recipe: Recipe;
  /** Decides the initial weights, the order and augmentation of images, and dropout. */
  readonly seed: string | number;
  readonly runtime: Runtime;
  /** Where to start; initial weights from the seed by default. */
  readonly weights?: Weights | undefined;
  /** Where an earlier part stopped; it goes on to the bit as if it had not. */
  readonly from?: TrainingState | undefined;
  /** Steps after which this part stops, at most the recipe's; its schedule stays that of the whole. */
  readonly until?: number | undefined;
  /** Steps between measurements of validation accuracy; by default only at the end. */
  readonly validateEvery?: number | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Aborting rejects with the signal's reason, within a step. */
  readonly signal?: AbortSignal | undefined;
}

/** Points of a learning curve, besides those where accuracy is measured. */
const curvePoints = 20;

/**
 * Trains a network. The same options give the same result, to the bit on one machine and backend; steps
 * hold the process for tens of milliseconds each and give way in between.
 * @throws MixnasError `diverged` when the loss is no longer a number, with the step and learning rate.
 * @throws MixnasError `bad-config` when the data is too small for the split or the batch, or of other
 *   size or classes than the graph.
 */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const { graph, dataset, recipe, seed, runtime, from } = options;
  checkFit(graph, dataset);
  const split = splitTrainValidation(dataset.train, options.split);
  const { momentum, nesterov, weightDecay } = recipe;
  const optimizer = { name: 'sgd', momentum, nesterov, weightDecay } as const;
  const weights = from?.weights ?? options.weights;
  const trainer = createTrainer(graph, runtime, { weights, seed, optimizer, slots: from?.slots });
  try {
    return await loop(options, trainer, split);
  } finally {
    trainer.dispose();
  }
}

async function loop(options: TrainOptions, trainer: Trainer, split: Split): Promise<TrainingResult> {
  const { graph, dataset, recipe, runtime, seed, signal, validateEvery } = options;
  const started = performance.now();
  const first = options.from?.step ?? 0;
  const until = Math.min(options.until ?? recipe.steps, recipe.steps);
  const batches = createBatchStream(dataset.train, split.train, {
    batchSize: recipe.batchSize,
    augmentation: recipe.augmentation,
    random: createRandom(seed).fork('batches'),
    mean: dataset.mean,
    std: dataset.std,
    state: { step: first },
  });
  const validate = () => evaluateOn(trainer, runtime, dataset.train, split.validation, dataset);
  const momentum = graph.ops.find((op) => op.kind === 'batchNorm')?.momentum ?? 0;
  const reportEvery = Math.ceil(recipe.steps / curvePoints);
  const curve: CurvePoint[] = [];
  let lossSum = 0;
  let reported = first;
  for (let step = first; step < until; step++) {
    signal?.throwIfAborted();
    const { images, labels } = batches.next();
    const targets = softTargets(labels, graph.classes, recipe.labelSmoothing);
    const learningRate = learningRateAt(step, recipe);
    const rates = { learningRate, statistics: statisticsShareAt(step, momentum), seed: step };
    const loss = trainer.step({ images, targets, count: labels.length }, rates);
    if (!Number.isFinite(loss)) throw diverged(step, learningRate, loss);
    lossSum += loss;
    const done = step + 1;
    const validates = validateEvery !== undefined && done % validateEvery === 0 && done < until;
    if (validates || done % reportEvery === 0 || done === until) {
      const mean = lossSum / (done - reported);
      const accuracy = validates ? (await validate()).accuracy : undefined;
      curve.push({ step: done, loss: mean, ...(accuracy !== undefined && { accuracy }) });
      const imagesPerSecond = ((done - first) * recipe.batchSize) / ((performance.now() - started) / 1000);
      options.onProgress?.({ step: done, steps: recipe.steps, loss: mean, imagesPerSecond });
      lossSum = 0;
      reported = done;
    }
    await new Promise(setImmediate);
  }
  const { accuracy, loss } = await validate();
  if (!Number.isFinite(loss)) throw diverged(until, 0, loss);
  const last = curve.pop() as CurvePoint;
  curve.push({ ...last, accuracy });
  const seconds = (performance.now() - started) / 1000;
  return { accuracy, loss, curve, weights: trainer.weights(), slots: trainer.slots(), steps: until, seconds };
}

function diverged(step: number, learningRate: number, loss: number): MixnasError {
  const rate = Number(learningRate.toPrecision(3));
  return new MixnasError(
    'diverged',
    `Training diverged: the loss is ${loss} at step ${step}, learning rate ${rate}.`,
    { remedy: 'Lower the learning rate or lengthen the warm-up.' },
  );
}

/** @throws MixnasError `bad-config` when the graph takes other images or gives other classes. */
function checkFit(graph: LayerGraph, { name, train: set }: DataSet): void {
  const { resolution, classes } = graph;
  if (set.height !== resolution || set.width !== resolution) {
    const size = `${set.height} x ${set.width}`;
    throw new MixnasError(
      'bad-config',
      `The network takes ${resolution} x ${resolution} images, those of ${name} are ${size}.`,
    );
  }
  if (set.classes.length !== classes) {
    const has = `${name} has ${set.classes.length}`;
    throw new MixnasError('bad-config', `The network tells ${classes} classes apart, ${has}.`);
  }
}
