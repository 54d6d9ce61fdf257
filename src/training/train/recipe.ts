/** How a network is trained, as plain data. Budgets count steps, never seconds. */
import { z } from 'zod';

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
});

/** The defaults are for a few hundred steps on CIFAR-10; see `docs/training.md` for how they were found. */
export const recipeSchema = z.strictObject({
  steps: z.number().int().positive().default(300),
  batchSize: z.number().int().positive().max(4096).default(64),
  /** The highest learning rate, after the warm-up. */
  learningRate: z.number().positive().default(0.5),
  /** Share of the steps in which the learning rate rises. */
  warmup: z.number().min(0).lt(1).default(0.2),
  momentum: share.default(0.9),
  /** Nesterov's momentum instead of the plain one. */
  nesterov: z.boolean().default(true),
  weightDecay: z.number().min(0).default(5e-4),
  /** Share of the target that is spread over all classes (Szegedy et al., arXiv 1512.00567). */
  labelSmoothing: share.default(0.1),
  augmentation: augmentationSchema.prefault({}),
});

/** A recipe with every default filled in. */
export type Recipe = z.output<typeof recipeSchema>;
/** A recipe as a person may write it: defaults left out. */
export type RecipeInput = z.input<typeof recipeSchema>;
