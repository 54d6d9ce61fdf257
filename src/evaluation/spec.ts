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
    steps: z.number().int().positive().default(5).describe('In how many steps it pretends to train.'),
  })
  .describe('A dry run: a made-up accuracy, for trying out a space, limits and the dashboard in seconds.');

const command = z
  .strictObject({
    name: z.literal('command'),
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .describe('The program with its arguments as a list, or one line for the shell.'),
    steps: z
      .number()
      .int()
      .positive()
      .default(100)
      .describe('What a whole evaluation takes, in steps or epochs: told to the program, and the last rung.'),
    timeoutSeconds: z
      .number()
      .positive()
      .max(1e7)
      .default(86_400)
      .describe('An evaluation that takes longer is ended, and its trial has failed.'),
    metrics: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'expected a name such as energyMj'))
      .default([])
      .describe('What the program tells beside `accuracy`; formulas may use it.'),
  })
  .describe('A program of your own: architecture as JSON on its standard input, result on its output.');

/** An evaluator with its options. */
export const evaluatorSchema = z.discriminatedUnion('name', [training, synthetic, command]);

/** An evaluator with every default filled in. */
export type EvaluatorSpec = z.output<typeof evaluatorSchema>;
export type TrainingSpec = z.output<typeof training>;
export type SyntheticSpec = z.output<typeof synthetic>;
export type CommandSpec = z.output<typeof command>;
