/** What a network can do, whichever path runs it. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { LayerGraph } from '../../models/index.js';
import type { GateControls } from './gates.js';
import type { Weights } from './variables.js';

/** Which implementation runs a network. */
export type NetworkPath = 'native' | 'portable';

/** A network that can be asked. Owns tensors, or native memory, until `dispose`. */
export interface Network {
  readonly graph: LayerGraph;
  readonly path: NetworkPath;
  /**
   * Logits `[batch, classes]` of normalised images `[batch, height, width, channels]`, at inference.
   * @param groups how many groups of a gated block may run, those with the smallest kernels; default: all.
   */
  predict(images: Tensor4D, groups?: number): Tensor2D;
  /** The same as arrays, with the weights of each gate's groups (0: skipped) by the gate's name. */
  inspect(images: Tensor4D, groups?: number): Inspection;
  /** A copy of every variable, running statistics included. */
  weights(): Weights;
  dispose(): void;
}

/** Logits `[batch, classes]`, and `[batch, groups]` for each gate. */
export interface Inspection {
  readonly logits: Float32Array;
  readonly gates: Weights;
}

/** What one training step reads. */
export interface TrainingBatch {
  /** Normalised pixels `[count, height, width, channels]`. */
  readonly images: Float32Array;
  /** Probabilities of the classes, `[count, classes]`; each row sums to 1. */
  readonly targets: Float32Array;
  readonly count: number;
  /** How gates are steered; `plainControls` by default. */
  readonly gates?: GateControls | undefined;
}

/** What may differ from step to step. */
export interface StepRates {
  readonly learningRate: number;
  /** Share of this batch in the running statistics: new = old + share * (batch - old). */
  readonly statistics: number;
  /** Steps done before this one: seeds dropout and corrects the bias of Adam's means. */
  readonly seed: number;
  /** Share of this step's variables in their averages: average += share * (variable - average); default 0. */
  readonly average?: number | undefined;
}

/** A network that can be trained. */
export interface Trainer extends Network {
  /** One optimizer step; returns the mean cross-entropy of the batch, before the step. */
  step(batch: TrainingBatch, rates: StepRates): number;
  /** Loss and gradients by every trainable variable in training mode; nothing is changed. */
  gradients(batch: TrainingBatch, seed?: number): { loss: number; gradients: Weights };
  /** Replaces every variable of the network; those of the optimizer stay. */
  load(weights: Weights): void;
  /** A copy of the moving averages of every variable; undefined where none are kept. */
  averages(): Weights | undefined;
  /** A copy of the optimizer's own variables, averages among them; with the weights, all that resuming takes. */
  slots(): Weights;
}
