/** The training loop. */
import { createRandom, type CurvePoint, MixnasError } from '../../base/index.js';
import { totalmem } from 'node:os';
import { type LayerGraph, checkActivationsLimit } from '../../models/index.js';
import { type DataSet, type Split, createBatchStream, splitTrainValidation } from '../data/index.js';
import type { Trainer } from '../network/contract.js';
import { gateLayout } from '../network/gates.js';
import { createNetwork } from '../network/network.js';
import { type Weights, inputShape } from '../network/variables.js';
import { type Evaluation, type GateStatistics, evaluateOn } from './evaluate.js';
import { gateControlsAt } from './gate-schedule.js';
import { mixup } from './mixup.js';
import type { TrainOptions } from './options.js';
import { type Recipe, peakLearningRate } from './recipe.js';
import { resizeImages } from './resize.js';
import { averageShareAt, learningRateAt, statisticsShareAt } from './schedule.js';
import { type Stage, type Stages, createStages, stagesOf } from './stages.js';
import { type TrainingState, betterOf } from './state.js';
import { softTargets } from './targets.js';

export interface TrainingResult {
  /** Accuracy on the held-out validation images, after the last step. */
  readonly accuracy: number;
  /** Cross-entropy there. */
  readonly loss: number;
  readonly curve: readonly CurvePoint[];
  /** Those to use: averages where the recipe keeps some, the best where it stops early. */
  readonly weights: Weights;
  /** What the gates did on the validation images, where the network has some. */
  readonly gates?: GateStatistics;
  /** The optimizer's variables. */
  readonly slots: Weights;
  /** What resuming needs. */
  readonly state: TrainingState;
  /** Steps done, those of an earlier part included. */
  readonly steps: number;
  /** Of this part. */
  readonly seconds: number;
}

/** Points of a learning curve, in addition to those where accuracy is measured. */
const curvePoints = 20;

/**
 * Trains a network. The same options give the same result, to the bit on one machine and backend; steps
 * hold the process for tens of milliseconds each and give way in between.
 * @throws MixnasError `diverged` when the loss is no longer a number, with the step and learning rate.
 * @throws MixnasError `bad-config` when the data is too small for the split or the batch, or of other
 *   size or classes than the graph.
 */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  const { graph, dataset, recipe } = options;
  checkFit(graph, dataset);
  checkGates(graph, recipe);
  checkActivationsLimit(graph, recipe.batchSize, totalmem());
  const split = splitTrainValidation(dataset.train, options.split);
  const stages = createStages(options);
  try {
    return await loop(options, stages, split, stagesOf(recipe, graph.resolution));
  } finally {
    stages.dispose();
  }
}

/** The weights to judge: the averages where there are some. */
const judged = (trainer: Trainer): Weights => trainer.averages() ?? trainer.weights();

async function loop(
  options: TrainOptions,
  stages: Stages,
  split: Split,
  plan: readonly Stage[],
): Promise<TrainingResult> {
  const { graph, dataset, recipe, runtime, seed, signal, onStep, onCheckpoint } = options;
  const started = performance.now();
  const first = options.from?.step ?? 0;
  const until = Math.min(options.until ?? recipe.steps, recipe.steps);
  const random = createRandom(seed);
  const batches = createBatchStream(dataset.train, split.train, {
    batchSize: recipe.batchSize,
    augmentation: recipe.augmentation,
    random: random.fork('batches'),
    mean: dataset.mean,
    std: dataset.std,
    state: { step: first },
  });
  const layout = gateLayout(graph);
  const momentum = graph.ops.find((op) => op.kind === 'batchNorm')?.momentum ?? 0;
  const reportEvery = Math.ceil(recipe.steps / curvePoints);
  const validateEvery =
    options.validateEvery ?? (recipe.patience === undefined ? undefined : batches.batchesPerEpoch);
  const earlier = options.from?.record;
  const curve: CurvePoint[] = [...(earlier?.curve ?? [])];
  let best = earlier?.best;
  let lossSum = earlier?.lossSum ?? 0;
  let reported = earlier?.reported ?? first;
  const resolutionAt = (step: number) =>
    plan.find((stage) => step < stage.until)?.resolution ?? graph.resolution;
  let trainer = stages.enter(resolutionAt(first));

  const validate = async (weights?: Weights, heeded?: AbortSignal): Promise<Evaluation> => {
    const plain = weights === undefined && recipe.averaging === 0 && trainer.graph === graph;
    const network = plain ? trainer : createNetwork(graph, runtime, { weights: weights ?? judged(trainer) });
    try {
      return await evaluateOn(network, runtime, dataset.train, split.validation, dataset, { signal: heeded });
    } finally {
      if (network !== trainer) network.dispose();
    }
  };
  const state = (step: number): TrainingState => ({
    step,
    weights: trainer.weights(),
    slots: trainer.slots(),
    record: { curve: [...curve], lossSum, reported, ...(best && { best }) },
  });

  let done = first;
  /** The learning rate of the last step. */
  let rate = learningRateAt(Math.max(0, first - 1), { ...recipe, learningRate: peakLearningRate(recipe) });
  while (done < until && (best?.strikes ?? 0) < (recipe.patience ?? Number.POSITIVE_INFINITY)) {
    heedSignal();
    const step = done;
    trainer = stages.enter(resolutionAt(step));
    const { images, labels } = await batches.next();
    const count = labels.length;
    const targets = softTargets(labels, graph.classes, recipe.labelSmoothing);
    if (recipe.augmentation.mixup > 0) {
      mixup(images, targets, count, recipe.augmentation.mixup, random.fork(`mixup ${step}`));
    }
    const { resolution } = trainer.graph;
    const seen =
      resolution === graph.resolution
        ? images
        : resizeImages(images, count, graph.resolution, resolution, dataset.train.channels);
    const gates = layout.any
      ? gateControlsAt(step, recipe, layout, count, random.fork(`gates ${step}`))
      : undefined;
    const learningRate = learningRateAt(step, { ...recipe, learningRate: peakLearningRate(recipe) });
    const loss = trainer.step(
      { images: seen, targets, count, gates },
      {
        learningRate,
        statistics: statisticsShareAt(step, momentum),
        seed: step,
        average: averageShareAt(step, recipe.averaging),
      },
    );
    rate = learningRate;
    if (!Number.isFinite(loss)) throw diverged(step + 1, rate, loss);
    lossSum += loss;
    done = step + 1;
    const validates = validateEvery !== undefined && done % validateEvery === 0 && done < until;
    const measured = validates ? await validate() : undefined;
    if (measured) {
      if (!Number.isFinite(measured.loss)) throw diverged(done, rate, measured.loss);
      if (recipe.patience !== undefined)
        best = betterOf(best, done, measured.accuracy, () => judged(trainer));
    }
    const imagesPerSecond = ((done - first) * recipe.batchSize) / ((performance.now() - started) / 1000);
    onStep?.({
      step: done,
      loss,
      learningRate,
      imagesPerSecond,
      ...(measured && {
        validation: {
          accuracy: measured.accuracy,
          loss: measured.loss,
        },
      }),
    });
    if (measured || done % reportEvery === 0 || done === until) {
      const mean = lossSum / (done - reported);
      curve.push({ step: done, loss: mean, ...(measured && { accuracy: measured.accuracy }) });
      options.onProgress?.({ step: done, steps: recipe.steps, loss: mean, imagesPerSecond });
      lossSum = 0;
      reported = done;
    }
    if (done % batches.batchesPerEpoch === 0) onCheckpoint?.(state(done));
    await new Promise(setImmediate);
  }
  try {
    return await finish();
  } catch (error) {
    heedSignal();
    throw error;
  }

  /** Where the training was aborted: reports what is done so far, and rejects. */
  function heedSignal(): void {
    if (!signal?.aborted) return;
    if (done > first) onCheckpoint?.(state(done));
    signal.throwIfAborted();
  }

  /** Measures the weights to use: the last, or the best where training may stop early. */
  async function finish(): Promise<TrainingResult> {
    const end = state(done);
    let weights = judged(trainer);
    let measured = await validate(undefined, signal);
    if (best && best.accuracy > measured.accuracy) {
      weights = best.weights;
      measured = await validate(weights, signal);
    }
    const { accuracy, loss, gates } = measured;
    if (!Number.isFinite(loss)) throw diverged(done, rate, loss);
    const last = curve.pop() ?? { step: done, loss: Number.NaN };
    curve.push({ ...last, accuracy: last.accuracy ?? accuracy });
    const seconds = (performance.now() - started) / 1000;
    const { slots } = end;
    return {
      accuracy,
      loss,
      curve,
      weights,
      slots,
      state: end,
      steps: done,
      seconds,
      ...(gates && { gates }),
    };
  }
}

function diverged(step: number, learningRate: number, loss: number): MixnasError {
  const rate = Number(learningRate.toPrecision(3));
  return new MixnasError(
    'diverged',
    `Training diverged: the loss is ${loss} at step ${step}, learning rate ${rate}.`,
    { remedy: 'Lower the learning rate or lengthen the warm-up.' },
  );
}

/** @throws MixnasError `bad-config` where ranks are to close gates whose thresholds are given. */
function checkGates(graph: LayerGraph, { gates }: Recipe): void {
  const given = graph.ops.find((op) => op.kind === 'hardGate' && op.threshold !== 'learned');
  if (gates.closing !== 'rank' || given === undefined) return;
  throw new MixnasError(
    'bad-config',
    `recipe, gates.closing: thresholds follow ranks only where they are learned, that of ${given.name} is given.`,
    { remedy: 'Write `gateThreshold: learned` in the block, or leave `closing` out.' },
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
  const channels = inputShape(graph)[2];
  if (channels !== set.channels) {
    throw new MixnasError(
      'bad-config',
      `The network takes ${channels} channels, the images of ${name} have ${set.channels}.`,
      { remedy: 'Load the data with as many channels as the network takes.' },
    );
  }
  if (set.classes.length !== classes) {
    const has = `${name} has ${set.classes.length}`;
    throw new MixnasError('bad-config', `The network has ${classes} classes, ${has}.`);
  }
}
