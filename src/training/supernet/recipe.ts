/** How a supernet is trained, as plain data. */
import { z } from 'zod';
import { recipeSchema } from '../train/recipe.js';

export const supernetRecipeSchema = recipeSchema.safeExtend({
  steps: z.number().int().positive().default(3000).describe('Training steps of the supernet.'),
  learningRate: z
    .number()
    .positive()
    .default(0.5)
    .describe("The highest learning rate, after the warm-up; gradients are the mean over a step's subnets."),
  warmup: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe('Share of the steps in which the learning rate rises linearly.'),
  weightDecay: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('Times the weight, added to its gradient; of kernels only, not of gates.'),
  sampling: z
    .enum(['sandwich', 'fair'])
    .default('sandwich')
    .describe(
      'Which subnets a step runs: `sandwich` the largest, the smallest and random ones, all but the largest taught by it; `fair` random ones in which every choice comes equally often.',
    ),
  passes: z.number().int().min(2).max(16).default(4).describe('Subnets a step.'),
});

export type SupernetRecipe = z.output<typeof supernetRecipeSchema>;
