/** A search as a YAML file says it. Every field has a default; `schemas/config.schema.json` is made from this. */
import { z } from 'zod';
import { dataSpecSchema } from '../training/index.js';
import { evaluatorSchema } from '../evaluation/index.js';

const positive = z.number().positive();
const count = z.number().int().positive();

const dataset = z
  .union([z.string().min(1), dataSpecSchema])
  .describe(
    'What to train on: `cifar10`, `textures`, a folder of images (one sub-folder a class), or one of these with its options.',
  );

const sampler = z
  .union([z.string().min(1), z.looseObject({ name: z.string().min(1) })])
  .describe(
    'How architectures are proposed: `auto`, or one of docs/search.md by name, or by name with its options.',
  );

const evaluator = z
  .union([z.enum(['training', 'synthetic']), evaluatorSchema])
  .describe('How an architecture is judged: `training`, or with its options (steps, batchSize, ...).');

const fields = {
  name: z
    .string()
    .optional()
    .describe('The name of the run, with a number after it; default: that of the file.'),
  seed: z
    .union([z.string().min(1), z.number()])
    .describe('The same seed gives the same run.')
    .default(1),
  space: z
    .string()
    .min(1)
    .describe('The search space: a name (`cifar-small`, `mixnet-imagenet`) or a YAML file.')
    .default('cifar-small'),
  dataset: dataset.default('cifar10'),
  deploy: z
    .strictObject({
      resolution: count.max(4096).describe('Height and width of the images in pixels.').default(224),
      classes: count.describe('How many classes it tells apart there.').default(1000),
    })
    .describe('What latency, MACs and parameters are priced at, whatever is trained at.')
    .prefault({}),
  profiles: z
    .array(z.string().min(1))
    .min(1)
    .describe('The devices: names of hardware profiles, or JSON files.')
    .default(['mali-g76', 'adreno-640']),
  limits: z
    .strictObject({
      latencyMs: z
        .record(z.string(), positive)
        .describe('The longest latency on a device, in milliseconds, by profile.')
        .default({}),
      macs: positive.optional().describe('The most multiply-adds.'),
      params: positive.optional().describe('The most parameters.'),
      peakMemoryBytes: positive.optional().describe('The most activation memory on any of the devices.'),
    })
    .describe('What an architecture must keep to; checked before anything is trained.')
    .prefault({}),
  objectives: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'What to trade off: `accuracy` (made large) and any of `latencyMs.<profile>`, `macs`, `params`, `peakMemoryBytes` (made small). Default: accuracy and every latency.',
    ),
  sampler: sampler.default('auto'),
  evaluator: evaluator.default('training'),
  budget: z
    .strictObject({
      trials: count.max(1_000_000).describe('How many architectures are evaluated.').default(64),
      seconds: positive.optional().describe('Wall-clock limit of one session; trials that run are finished.'),
    })
    .describe('When the search ends.')
    .prefault({}),
  workers: z
    .union([z.literal('auto'), count.max(256)])
    .describe('Processes that evaluate at once; `auto`: one a core.')
    .default('auto'),
};

/** The schema of a config file. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  ...fields,
  portable: z
    .strictObject({
      dataset: dataset.optional(),
      space: fields.space.unwrap().optional(),
      sampler: sampler.optional(),
      evaluator: evaluator.optional(),
      budget: fields.budget.unwrap().optional(),
    })
    .optional()
    .describe('What is different where TensorFlow is not available, and training a hundred times slower.'),
});

/** A config as a person may write it: defaults left out. */
export type ConfigInput = z.input<typeof configSchema>;
/** A config file with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
