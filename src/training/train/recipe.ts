/** How a network is trained, as plain data. Budgets count steps, never seconds. */
import { z } from 'zod';
import type { GateFeatures } from '../network/gates.js';
import type { OptimizerSpec } from '../network/optimizer.js';

const share = z.number().min(0).max(1);
const pixels = z.number().int().min(0).max(128);

/** Learning rates that suit each optimizer at batches of 64. */
const defaultLearningRates = { sgd: 0.5, rmsprop: 0.01, adamw: 0.004 } as const;

/** Augmentation of training images. */
const augmentationSchema = z.strictObject({
  flip: z.boolean().default(true).describe('Whether images are mirrored left and right, every second time.'),
  padCrop: pixels
    .default(0)
    .describe(
      'Images are shifted by up to this many pixels each way, what is uncovered gets the mean colour; in the first few epochs it costs accuracy.',
    ),
  cutout: pixels.default(0).describe('Side in pixels of a square that gets the mean colour; 0: none.'),
  randAugment: z
    .strictObject({
      ops: z.number().int().min(1).max(8).default(2).describe('Number of random changes an image.'),
      magnitude: z.number().min(0).max(10).default(5).describe('Their magnitude, of 10.'),
    })
    .optional()
    .describe(
      'RandAugment (Cubuk et al., arXiv 1909.13719): random changes of colour and geometry, before everything else; default: none.',
    ),
  mixup: z
    .number()
    .min(0)
    .max(8)
    .default(0)
    .describe(
      'Mixup (Zhang et al., arXiv 1710.09412): images and targets are blended, shares from Beta(a, a) with this a; 0: none.',
    ),
});

/** How gates are trained, where the network has some. */
const gatesSchema = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .max(10)
    .default(0.3)
    .describe("Learning rate of the gates' own variables, as a multiple of the network's."),
  temperature: z
    .number()
    .min(1)
    .max(100)
    .default(3)
    .describe(
      'What logits of gates are divided by at the start; it falls to 1 geometrically and stays there, which is what inference uses.',
    ),
  opening: z
    .number()
    .min(0)
    .max(20)
    .default(4)
    .describe(
      'Logarithm of the factor by which the threshold of hard gates is lower after the warm-up; it falls to 0.',
    ),
  warmup: share.default(0.2).describe('Share of the steps in which all groups of hard gates run.'),
  annealing: share
    .default(0.6)
    .describe(
      'Share of the steps at which temperature, noise and the share of MACs without a penalty have fallen.',
    ),
  noise: z
    .number()
    .min(0)
    .max(10)
    .default(0.3)
    .describe(
      'Scale of the noise of hard gates at the start, the difference of two Gumbel variables; it falls to 0.',
    ),
  penalty: z
    .number()
    .min(0)
    .max(1000)
    .default(10)
    .describe(
      'Weight of the penalty on the MACs that hard gates let run: penalty x max(0, share - target)^2 is added to the loss.',
    ),
  target: share
    .default(0.5)
    .describe('The share of the skippable MACs that may run without a penalty, at the end.'),
  bounds: z
    .strictObject({
      weight: z.number().min(0).max(1000).default(10).describe('Weight of the penalty.'),
      low: share.default(0.1).describe('The least share of its own skippable MACs that a gate may run.'),
      high: share.default(0.7).describe('The largest, at the end; it falls from 1.'),
    })
    .refine(({ low, high }) => low <= high, { message: 'is above `high`', path: ['low'] })
    .optional()
    .describe(
      'Bounds of the share of each hard gate by itself, next to that of all: weight x the mean over the gates of max(0, share - high)^2 + max(0, low - share)^2 is added to the loss (DGNet, ICCV 2021); default: none.',
    ),
  open: z
    .strictObject({
      weight: share
        .default(0.5)
        .describe('Share of its loss; at 0 it is not trained itself, only asked, which costs less.'),
      distillation: share
        .default(0.5)
        .describe('Share of what the open network answers in the targets of the gated one.'),
    })
    .optional()
    .describe(
      'After the warm-up of hard gates, each batch also runs with every group, in the same step, and that pass teaches the gated one: loss = weight x CE(open, labels) + (1 - weight) x CE(gated, (1 - distillation) x labels + distillation x answers of the open); default: not.',
    ),
  closing: z
    .enum(['threshold', 'rank'])
    .optional()
    .describe(
      "How hard gates close: `threshold` (default), or `rank`: in training the groups with the highest weights of a batch run, until they have a share of their gate's skippable MACs that falls from all to `target` (after Dynamic Group Convolution, arXiv 2007.04242); thresholds, which must be `learned`, follow for inference. There is no noise then.",
    ),
  switchOff: share
    .default(0)
    .describe(
      'Share of the steps in which a random number of the largest convolution kernels is switched off, for operating points.',
    ),
});

/** Images are made smaller until a share of the steps is done (progressive resizing). */
const stageSchema = z.strictObject({
  resolution: z.number().int().positive().describe('Height and width of the images in pixels.'),
  until: z.number().gt(0).max(1).describe('Share of all steps at which the stage ends.'),
});

/** The defaults are for a few hundred steps on CIFAR-10; see `docs/training.md` for how they were found. */
export const recipeSchema = z.strictObject({
  steps: z.number().int().positive().default(300).describe('Training steps, a batch each.'),
  batchSize: z.number().int().positive().max(4096).default(64).describe('Images a step.'),
  optimizer: z
    .enum(['sgd', 'rmsprop', 'adamw'])
    .default('sgd')
    .describe('`rmsprop` has decay 0.9 and epsilon 0.001, `adamw` has betas 0.9 and 0.999 and epsilon 1e-8.'),
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe(
      `The highest learning rate, after the warm-up; then it falls as half a cosine to 0. Default: ${Object.entries(
        defaultLearningRates,
      )
        .map(([name, rate]) => `${rate} for ${name}`)
        .join(', ')}.`,
    ),
  warmup: z
    .number()
    .min(0)
    .lt(1)
    .default(0.2)
    .describe('Share of the steps in which the learning rate rises linearly.'),
  momentum: share.default(0.9).describe('Momentum of `sgd` and `rmsprop`.'),
  nesterov: z
    .boolean()
    .default(true)
    .describe("Whether `sgd` takes Nesterov's momentum instead of the plain one."),
  weightDecay: z
    .number()
    .min(0)
    .default(5e-4)
    .describe(
      'Times the weight, added to its gradient (with `adamw`: times the learning rate, taken from the weight); of kernels only, not of gates.',
    ),
  averaging: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Decay of the moving average of weights that is evaluated and saved; 0: the last weights are.'),
  labelSmoothing: share
    .default(0.1)
    .describe('Share of the target that is spread over all classes (Szegedy et al., arXiv 1512.00567).'),
  augmentation: augmentationSchema.prefault({}).describe('How training images are changed.'),
  progressive: z
    .array(stageSchema)
    .max(8)
    .default([])
    .describe('Stages of smaller images, in order; then the whole ones.'),
  patience: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      'Stop after so many measurements of validation accuracy without a better one, and keep the best weights; default: train all steps.',
    ),
  gates: gatesSchema.prefault({}).describe('How gates are trained, where the network has some.'),
});

/** A recipe with every default filled in. */
export type Recipe = z.output<typeof recipeSchema>;
/** A recipe as a person may write it: defaults left out. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** The highest learning rate of a recipe: its own, or the default of its optimizer. */
export function peakLearningRate({ learningRate, optimizer }: Recipe): number {
  return learningRate ?? defaultLearningRates[optimizer];
}

/** What the steps of a recipe ask of gates. */
export function gateFeaturesOf({ gates: { bounds, open, closing } }: Recipe): GateFeatures {
  return {
    ...(bounds && { bounds: true }),
    ...(open && { open: open.weight > 0 ? 'trained' : 'teacher' }),
    ...(closing === 'rank' && { rank: true }),
  };
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
