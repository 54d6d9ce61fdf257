/** How a supernet is trained, as plain data. */
import { z } from 'zod';
import { recipeSchema } from '../train/recipe.js';

export const supernetRecipeSchema = recipeSchema.safeExtend({
  steps: z.number().int().positive().default(3000),
  /** The highest learning rate, after the warm-up; gradients are the mean over a step's subnets. */
  learningRate: z.number().positive().default(0.5),
  warmup: z.number().min(0).lt(1).default(0.1),
  weightDecay: z.number().min(0).default(1e-4),
  /**
   * Which subnets a step runs: the largest, the smallest and random ones, all but the largest taught by it
   * (sandwich), or random ones in which every choice comes equally often (fair).
   */
  sampling: z.enum(['sandwich', 'fair']).default('sandwich'),
  /** Subnets a step. */
  passes: z.number().int().min(2).max(16).default(4),
});

export type SupernetRecipe = z.output<typeof supernetRecipeSchema>;
