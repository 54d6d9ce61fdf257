/**
 * A network made of a layer graph, with its weights, on a tensor backend. Two paths give the same numbers:
 * the native one where the backend is TensorFlow (`native/`), the portable one everywhere (`portable/`).
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerGraph } from '../../models/index.js';
import type { Runtime } from '../runtime/index.js';
import { createNativeTrainer } from './native/trainer.js';
import type { OptimizerSpec } from './optimizer.js';
import { createPortableTrainer } from './portable/trainer.js';
import { type Weights, checkWeights, initialWeights } from './variables.js';

/** Which implementation runs a network. */
export type NetworkPath = 'native' | 'portable';

/** A network that can be asked. Owns tensors, or native memory, until `dispose`. */
export interface Network {
  readonly graph: LayerGraph;
  readonly path: NetworkPath;
  /** Logits `[batch, classes]` of normalised images `[batch, height, width, channels]`, at inference. */
  predict(images: Tensor4D): Tensor2D;
  /** A copy of every variable, running statistics included. */
  weights(): Weights;
  dispose(): void;
}

/** What one training step reads. */
export interface TrainingBatch {
  /** Normalised pixels `[count, height, width, channels]`. */
  readonly images: Float32Array;
  /** Probabilities of the classes, `[count, classes]`; each row sums to 1. */
  readonly targets: Float32Array;
  readonly count: number;
}

/** What may differ from step to step. */
export interface StepRates {
  readonly learningRate: number;
  /** Share of this batch in the running statistics: new = old + share * (batch - old). */
  readonly statistics: number;
  /** Seeds dropout; new at each step. */
  readonly seed: number;
}

/** A network that can be trained. */
export interface Trainer extends Network {
  /** One optimizer step; returns the mean cross-entropy of the batch, before the step. */
  step(batch: TrainingBatch, rates: StepRates): number;
  /** Loss and gradients by every trainable variable in training mode; nothing is changed. */
  gradients(batch: TrainingBatch, seed?: number): { loss: number; gradients: Weights };
  /** Replaces every variable of the network; those of the optimizer stay. */
  load(weights: Weights): void;
  /** A copy of the optimizer's own variables; with the weights, all that resuming takes. */
  slots(): Weights;
}

export interface NetworkOptions {
  /** The weights; else initial ones from `seed`. */
  readonly weights?: Weights | undefined;
  readonly seed?: string | number | undefined;
  /** Default: native where the backend is TensorFlow. */
  readonly path?: NetworkPath | undefined;
}

export interface TrainerOptions extends NetworkOptions {
  readonly optimizer: OptimizerSpec;
  /** The optimizer's variables, as `slots` gave them; default: zeros. */
  readonly slots?: Weights | undefined;
}

/**
 * A network for inference.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export function createNetwork(graph: LayerGraph, runtime: Runtime, options: NetworkOptions = {}): Network {
  return create(graph, runtime, options, undefined);
}

/**
 * A network for training.
 * @throws MixnasError `bad-data` when the weights do not fit the graph.
 */
export function createTrainer(graph: LayerGraph, runtime: Runtime, options: TrainerOptions): Trainer {
  return create(graph, runtime, options, options.optimizer, options.slots);
}

function create(
  graph: LayerGraph,
  runtime: Runtime,
  { weights, seed = 0, path = runtime.backend === 'tensorflow' ? 'native' : 'portable' }: NetworkOptions,
  optimizer: OptimizerSpec | undefined,
  slots?: Weights,
): Trainer {
  if (weights) checkWeights(graph, weights);
  const start = weights ?? initialWeights(graph, seed);
  const build = path === 'native' ? createNativeTrainer : createPortableTrainer;
  return build(graph, runtime, start, optimizer, slots);
}
