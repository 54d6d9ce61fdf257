/** A supernet as evaluator, as a config names it. */
import { z } from 'zod';
import { heldOutSchema, recipeSchema, supernetRecipeSchema } from '../../../training/index.js';

const images = z.number().int().positive();
export const supernetSchema = supernetRecipeSchema
  .safeExtend({
    name: z
      .literal('supernet')
      .describe('One network that holds all others is trained, then asked for each.'),
    validation: heldOutSchema,
    calibration: images
      .default(1024)
      .describe('Training images from which the batch statistics of each network are estimated.'),
    checkpointEvery: z
      .number()
      .int()
      .positive()
      .default(200)
      .describe('Steps between checkpoints of the supernet.'),
    finetune: recipeSchema
      .safeExtend({
        networks: z
          .number()
          .int()
          .min(0)
          .default(5)
          .describe('How many networks of the front are trained further.'),
        learningRate: z
          .number()
          .positive()
          .default(0.1)
          .describe('The highest learning rate of that training, after its warm-up.'),
      })
      .prefault({})
      .describe('Training of networks that were cut out, after the search.'),
  })
  .describe('A supernet with shared weights: trained once, then every network is scored in a second or so.');

/** A supernet with every default filled in. */
export type SupernetSpec = z.output<typeof supernetSchema>;
