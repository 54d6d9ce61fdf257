/** How a network is trained, as plain data. Budgets count steps, never seconds. */
import { z } from 'zod';
import type { OptimizerSpec } from '../network/optimizer.js';

const share = z.number().min(0).max(1);
const pixels = z.number().int().min(0).max(128);

/** Augmentation of training images. */
const augmentationSchema = z.strictObject({
  /** Mirror left and right, every second time. */
  flip: z.boolean().default(true),
  /** Shift by up to this many pixels each way; in the first few epochs it costs accuracy. */
  padCrop: pixels.default(0),
  /** Side in pixels of a square that is blanked. */
  cutout: pixels.default(0),
  /** RandAugment (Cubuk et al., arXiv 1909.13719): `ops` random changes an image, of this magnitude of 10. */
  randAugment: z
    .strictObject({
      ops: z.number().int().min(1).max(8).default(2),
      magnitude: z.number().min(0).max(10).default(5),
    })
    .optional(),
  /** Mixup (Zhang et al., arXiv 1710.09412): images and targets are blended, shares from Beta(a, a); 0: not. */
  mixup: z.number().min(0).max(8).default(0),
});

/** How gates are trained, where the network has some. */
const gatesSchema = z.strictObject({
  /** Learning rate of the gates' own variables, as a multiple of the network's. */
  learningRate: z.number().positive().max(10).default(0.3),
  /** Temperature at the start; it falls to 1 and stays there, which is what inference uses. */
  temperature: z.number().min(1).max(100).default(3),
  /** Logarithm of the factor by which the threshold of hard gates is lower after the warm-up; it falls to none. */
  opening: z.number().min(0).max(20).default(4),
  /** Share of the steps in which all groups of hard gates run. */
  warmup: share.default(0.2),
  /** Share of the steps at which temperature, noise and the share of MACs without a penalty have fallen. */
  annealing: share.default(0.6),
  /** Scale of the Gumbel noise of hard gates at the start; it falls to none. */
  noise: z.number().min(0).max(10).default(0.3),
  /** Weight of the penalty on the MACs that hard gates let run: penalty * max(0, share - target)^2. */
  penalty: z.number().min(0).max(1000).default(10),
  /** The share of the skippable MACs that may run without a penalty, at the end. */
  target: share.default(0.5),
  /** Share of the steps in which a random number of the largest kernels is switched off, for `operating points`. */
  switchOff: share.default(0),
});

/** Images are made smaller until a share of the steps is done (progressive resizing). */
const stageSchema = z.strictObject({
  resolution: z.number().int().positive(),
  /** Share of all steps at which the stage ends. */
  until: z.number().gt(0).max(1),
});

/** The defaults are for a few hundred steps on CIFAR-10; see `docs/training.md` for how they were found. */
export const recipeSchema = z.strictObject({
  steps: z.number().int().positive().default(300),
  batchSize: z.number().int().positive().max(4096).default(64),
  optimizer: z.enum(['sgd', 'rmsprop', 'adamw']).default('sgd'),
  /** The highest, after the warm-up; by default what suits the optimizer, see `defaultLearningRates`. */
  learningRate: z.number().positive().optional(),
  /** Share of the steps in which the learning rate rises. */
  warmup: z.number().min(0).lt(1).default(0.2),
  /** Of SGD and RMSProp. */
  momentum: share.default(0.9),
  /** Nesterov's momentum instead of the plain one, in SGD. */
  nesterov: z.boolean().default(true),
  weightDecay: z.number().min(0).default(5e-4),
  /** Decay of the moving average of weights that is evaluated and saved; 0: the last weights are. */
  averaging: z.number().min(0).lt(1).default(0),
  /** Share of the target that is spread over all classes (Szegedy et al., arXiv 1512.00567). */
  labelSmoothing: share.default(0.1),
  augmentation: augmentationSchema.prefault({}),
  /** Stages of smaller images, in order; then the whole ones. */
  progressive: z.array(stageSchema).max(8).default([]),
  /** Stop after so many measurements of validation accuracy without a better one, and keep the best weights. */
  patience: z.number().int().positive().optional(),
  gates: gatesSchema.prefault({}),
});

/** A recipe with every default filled in. */
export type Recipe = z.output<typeof recipeSchema>;
/** A recipe as a person may write it: defaults left out. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** Learning rates that suit each optimizer at batches of 64. */
const defaultLearningRates = { sgd: 0.5, rmsprop: 0.01, adamw: 0.004 } as const;

/** The highest learning rate of a recipe: its own, or the default of its optimizer. */
export function peakLearningRate({ learningRate, optimizer }: Recipe): number {
  return learningRate ?? defaultLearningRates[optimizer];
}

/** The optimizer of a recipe. RMSProp's constants are those of MixNet's code. */
export function optimizerOf(recipe: Recipe): OptimizerSpec {
  const { momentum, nesterov, weightDecay } = recipe;
  const common = { weightDecay, averaged: recipe.averaging > 0, gateRate: recipe.gates.learningRate };
  switch (recipe.optimizer) {
    case 'sgd':
      return { name: 'sgd', momentum, nesterov, ...common };
    case 'rmsprop':
      return { name: 'rmsprop', decay: 0.9, momentum, epsilon: 1e-3, ...common };
    case 'adamw':
      return { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...common };
  }
}
