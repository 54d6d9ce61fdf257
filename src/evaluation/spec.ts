/** Naming an evaluator in a config: what turns an architecture into an accuracy. */
import { z } from 'zod';
import { recipeSchema } from '../training/index.js';

const training = recipeSchema
  .safeExtend({
    name: z
      .literal('training')
      .describe('Trains every architecture from scratch for a fixed number of steps.'),
    validation: z
      .number()
      .int()
      .positive()
      .default(2500)
      .describe('Training images that are held out, and on which accuracy is measured.'),
  })
  .describe('Short training: the accuracy of each architecture is really measured.');

const synthetic = z
  .strictObject({
    name: z.literal('synthetic'),
    seconds: z.number().min(0).max(3600).default(0).describe('How long each trial pretends to take.'),
  })
  .describe('A dry run: a made-up accuracy, for trying out a space, limits and the dashboard in seconds.');

/** An evaluator with its options. */
export const evaluatorSchema = z.discriminatedUnion('name', [training, synthetic]);

/** An evaluator with every default filled in. */
export type EvaluatorSpec = z.output<typeof evaluatorSchema>;
export type TrainingSpec = z.output<typeof training>;
export type SyntheticSpec = z.output<typeof synthetic>;
