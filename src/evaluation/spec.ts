/** Naming an evaluator in a config: what turns an architecture into an accuracy. */
import { z } from 'zod';
import { codeSchema } from './code.js';
import { proxyNames, recipeSchema, supernetRecipeSchema } from '../training/index.js';

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
    name: z.literal('synthetic').describe('A dry run with made-up accuracies.'),
    seconds: z.number().min(0).max(3600).default(0).describe('How long each trial pretends to take.'),
    steps: z.number().int().positive().default(5).describe('In how many steps it pretends to train.'),
  })
  .describe('A dry run: a made-up accuracy, for trying out a space, limits and the dashboard in seconds.');

const command = z
  .strictObject({
    name: z.literal('command').describe('Asks a program of your own.'),
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

const proxy = z
  .strictObject({
    name: z.literal('proxy').describe('Zero-cost scores; nothing is trained.'),
    scores: z
      .array(z.enum(proxyNames))
      .min(1)
      .default([...proxyNames])
      .describe('Zero-cost scores; of several the mean rank counts.'),
    batchSize: z.number().int().min(4).max(512).default(32).describe('Images that a network is scored on.'),
    reference: z
      .number()
      .int()
      .min(4)
      .max(1000)
      .default(32)
      .describe('Random networks of the space among which each takes its rank.'),
  })
  .describe(
    'Nothing is trained: `accuracy` is the rank of a network among random ones by zero-cost scores, from 0 to 1.',
  );

const images = z.number().int().positive();
const supernet = supernetRecipeSchema
  .safeExtend({
    name: z
      .literal('supernet')
      .describe('One network that holds all others is trained, then asked for each.'),
    validation: images
      .default(2500)
      .describe('Training images that are held out, and on which accuracy is measured.'),
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
/** The schema of a supernet evaluator, for the process that trains it. */
export const supernetSpecSchema = supernet;

/** An evaluator with its options. */
export const evaluatorSchema = z.discriminatedUnion('name', [
  training,
  supernet,
  proxy,
  synthetic,
  command,
  codeSchema,
]);

/** An evaluator with every default filled in. */
export type EvaluatorSpec = z.output<typeof evaluatorSchema>;
export type TrainingSpec = z.output<typeof training>;
export type ProxySpec = z.output<typeof proxy>;
export type SupernetSpec = z.output<typeof supernet>;
export type SyntheticSpec = z.output<typeof synthetic>;
export type CommandSpec = z.output<typeof command>;
