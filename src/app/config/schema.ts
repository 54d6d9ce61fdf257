/** A search as a YAML file says it. Every field has a default; `schemas/config.schema.json` is made from this. */
import { z } from 'zod';
import { dataSpecSchema } from '../../training/index.js';
import { evaluatorNames, evaluatorSchema, executorKinds, executorSchema } from '../../evaluation/index.js';
import { runConfigSchema } from '../../runs/index.js';
import { runHalvingSchema } from '../../search/index.js';

const count = z.number().int().positive();

/** Processes at once. */
export const mostWorkers = 4096;

const dataset = z
  .union([z.string().min(1), dataSpecSchema])
  .describe(
    'What to train on: `cifar10`, `cifar100`, `textures`, a folder of images (one sub-folder a class), or one of these with its options.',
  );

const sampler = z
  .union([
    z.string().min(1),
    z.looseObject({
      name: z.string().min(1).describe('The name of the sampler; its options are further fields.'),
    }),
  ])
  .describe(
    'How architectures are proposed: `auto`, or one of docs/search.md by name, or by name with its options.',
  );

const evaluator = z
  .union([z.enum(evaluatorNames), evaluatorSchema])
  .describe(
    'How an architecture is judged: `training`, `supernet`, `proxy`, or one of these with its options (steps, batchSize, ...); `command` asks a program of your own.',
  );

const { shape } = runConfigSchema;
const { deploy, limits, budget } = shape;

const fields = {
  ...shape,
  name: z
    .string()
    .optional()
    .describe('The name of the run, with a number after it; default: that of the file.'),
  seed: z
    .union([z.string().min(1), z.number()])
    .describe('The same seed gives the same run.')
    .default(1),
  space: shape.space.default('cifar-small'),
  dataset: dataset.default('cifar10'),
  deploy: deploy
    .extend({ resolution: deploy.shape.resolution.default(224), classes: deploy.shape.classes.default(1000) })
    .describe(deploy.description ?? '')
    .prefault({}),
  profiles: z
    .array(z.string().min(1))
    .min(1)
    .describe('The devices: names of hardware profiles, or JSON files.')
    .default(['mali-g76', 'adreno-640']),
  limits: limits
    .extend({ latencyMs: limits.shape.latencyMs.default({}) })
    .describe(limits.description ?? '')
    .prefault({}),
  objectives: shape.objectives.optional().describe(shape.objectives.description ?? ''),
  sampler: sampler.default('auto'),
  evaluator: evaluator.default('training'),
  budget: budget
    .extend({ trials: budget.shape.trials.default(64) })
    .describe(budget.description ?? '')
    .prefault({}),
  fidelity: runHalvingSchema.optional().describe('Stops hopeless trials at smaller training budgets.'),
  executor: z
    .union([z.enum(executorKinds), executorSchema])
    .optional()
    .describe(
      'What runs the trials: `processes` on this machine (the default), `in-process`, or `bullmq`: workers on any number of machines, see docs/scaling.md.',
    ),
  workers: z
    .union([z.literal('auto'), count.max(mostWorkers)])
    .describe(
      'Processes that evaluate at once; `auto`: one a core, with a command one, or one for each of its `gpus`.',
    )
    .default('auto'),
};

/** The schema of a config file. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('Where this schema lies, for editors.'),
  ...fields,
  portable: z
    .strictObject({
      dataset: dataset.optional(),
      space: fields.space.unwrap().optional(),
      sampler: sampler.optional(),
      evaluator: evaluator.optional(),
      fidelity: runHalvingSchema.optional().describe('Stops hopeless trials at smaller training budgets.'),
      budget: fields.budget.unwrap().optional(),
    })
    .optional()
    .describe('What is different where TensorFlow is not available, and training a hundred times slower.'),
});

/** A config as a person may write it: defaults left out. */
export type ConfigInput = z.input<typeof configSchema>;
/** A config file with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
