/** All scores of one network. */
import { createRandom } from '../../base/index.js';
import type { LayerGraph } from '../../models/index.js';
import { type DataSet, createBatchStream } from '../data/index.js';
import type { TrainingBatch } from '../network/contract.js';
import { createTrainer } from '../network/network.js';
import { type Weights, inputShape } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { softTargets } from '../train/targets.js';
import { type AzNasScores, azNas } from './az-nas.js';
import { gradNorm, snip, zico } from './gradient-scores.js';
import { naswot } from './naswot.js';
import type { ProxyName, ProxyScores } from './names.js';
import { probeWeights } from './probe.js';
import { withoutOps } from './rewire.js';
import { swap } from './swap.js';
import { synflow } from './synflow.js';
import { trivialScoresOf } from './trivial.js';
import { zen } from './zen.js';

/** Mini-batches for gradients: ZiCo needs two, the others take the first. */
const gradientBatches = 2;

/** The mini-batches that networks are scored on: the same for all of them. */
export async function proxyBatches(
  dataset: DataSet,
  indices: Uint32Array,
  { batchSize, seed }: { readonly batchSize: number; readonly seed: string | number },
): Promise<TrainingBatch[]> {
  const stream = createBatchStream(dataset.train, indices, {
    batchSize,
    augmentation: { flip: false, padCrop: 0, cutout: 0 },
    random: createRandom(seed).fork('proxy batches'),
    mean: dataset.mean,
    std: dataset.std,
  });
  const batches: TrainingBatch[] = [];
  for (let i = 0; i < gradientBatches; i++) {
    const { images, labels } = await stream.next();
    const targets = softTargets(labels, dataset.train.classes.length, 0);
    batches.push({ images, targets, count: labels.length });
  }
  return batches;
}

export interface ScoreOptions {
  readonly graph: LayerGraph;
  /** At least two mini-batches, of `proxyBatches`. */
  readonly batches: readonly TrainingBatch[];
  /** Which scores. */
  readonly names: readonly ProxyName[];
  /** Decides the weights. */
  readonly seed: string | number;
  readonly runtime: Runtime;
}

/**
 * Scores a network without training it. Takes tenths of a second: a few passes over a mini-batch.
 * Dropout is left out. The same options give the same scores on one machine and backend.
 */
export function scoreNetwork({ graph: given, batches, names, seed, runtime }: ScoreOptions): ProxyScores {
  const graph = withoutOps(given, ({ kind }) => kind === 'dropout');
  const weights = probeWeights(graph, seed);
  let gradients: readonly Weights[] | undefined;
  const gradientsOf = () => (gradients ??= differentiate(graph, weights, batches, runtime));
  let scores: AzNasScores | undefined;
  const azNasOf = () => (scores ??= azNas(runtime, graph, seed));
  const first = batches[0] as TrainingBatch;
  const onImages = (of: typeof naswot) =>
    runtime.tf.tidy(() => {
      const shape = [first.count, ...inputShape(graph)] as [number, number, number, number];
      return of(runtime, graph, weights, runtime.tf.tensor4d(first.images, shape));
    });
  const score = (name: ProxyName): number => {
    switch (name) {
      case 'naswot':
        return onImages(naswot);
      case 'synflow':
        return synflow(runtime, graph, weights);
      case 'gradNorm':
        return gradNorm(gradientsOf()[0] as Weights);
      case 'snip':
        return snip(weights, gradientsOf()[0] as Weights);
      case 'zen':
        return zen(runtime, graph, seed);
      case 'zico':
        return zico(gradientsOf());
      case 'swap':
        return onImages(swap);
      case 'azExpressivity':
        return azNasOf().expressivity;
      case 'azProgressivity':
        return azNasOf().progressivity;
      case 'azTrainability':
        return azNasOf().trainability;
      default:
        return trivialScoresOf(given)[name];
    }
  };
  return Object.fromEntries(names.map((name) => [name, score(name)]));
}

/** The gradients of the loss for each batch, in training mode. */
function differentiate(
  graph: LayerGraph,
  weights: Weights,
  batches: readonly TrainingBatch[],
  runtime: Runtime,
): Weights[] {
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  // A recorded training graph takes longer to build than these passes take.
  const trainer = createTrainer(graph, runtime, { weights, optimizer, path: 'portable' });
  try {
    return batches.map((batch) => trainer.gradients(batch).gradients);
  } finally {
    trainer.dispose();
  }
}
