/** What a training reports of itself, and what resuming one needs. */
import { type CurvePoint } from '../../base/index.js';
import type { Weights } from '../network/variables.js';

/** How far a training is. */
export interface TrainingProgress {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean training loss since the last report. */
  readonly loss: number;
  readonly imagesPerSecond: number;
}

/** A training between two steps: with the same options, all that resuming needs. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly weights: Weights;
  /** The optimizer's variables. */
  readonly slots: Weights;
  /** What was reported so far. */
  readonly record?: TrainingRecord;
}

/** The reports of a training, as far as it is. */
export interface TrainingRecord {
  readonly curve: readonly CurvePoint[];
  /** Sum of the losses since step `reported`. */
  readonly lossSum: number;
  readonly reported: number;
  /** The best weights so far, and how many measurements since gave no better ones. */
  readonly best?: Best;
}

export interface Best {
  readonly step: number;
  readonly accuracy: number;
  readonly strikes: number;
  readonly weights: Weights;
}

/** One step, or a measurement after it. */
export interface StepReport {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** On the validation images, where they were measured. */
  readonly validation?: { readonly accuracy: number; readonly loss: number };
}

/** The better of the best so far and what was just measured; a strike where it is not better. */
export function betterOf(
  best: Best | undefined,
  step: number,
  accuracy: number,
  weights: () => Weights,
): Best {
  if (best && accuracy <= best.accuracy) return { ...best, strikes: best.strikes + 1 };
  return { step, accuracy, strikes: 0, weights: weights() };
}
