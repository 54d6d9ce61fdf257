/** A search as a YAML file says it. Every field has a default; `schemas/config.schema.json` is made from this. */
import { z } from 'zod';
import { dataSpecSchema } from '../../training/index.js';
import { evaluatorNames, evaluatorSchema } from '../../evaluation/index.js';

const positive = z.number().positive();
const count = z.number().int().positive();

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

const expression = z.string().min(1).max(2000);

/** An objective that is a formula. */
const formula = z
  .strictObject({
    name: z.string().min(1).max(80).optional().describe('What it is called in tables; default: its text.'),
    maximize: expression.optional().describe('An expression to make large, see docs/objectives.md.'),
    minimize: expression.optional().describe('An expression to make small.'),
    scale: positive
      .optional()
      .describe('What counts as 1 in the hypervolume; default: the largest reference model, or 1.'),
  })
  .refine((o) => (o.maximize === undefined) !== (o.minimize === undefined), {
    message: 'needs one of `maximize` and `minimize`',
  });

/** When a search ends before its budget; decided by results alone, so it is the same on any machine. */
export const stopSchema = z.strictObject({
  target: expression
    .optional()
    .describe('Ends once a network meets this condition, such as `accuracy >= 60%`.'),
  hypervolume: positive.max(1).optional().describe('Ends once the normalised hypervolume is this large.'),
  stagnation: z
    .strictObject({
      trials: count.describe('Over how many trials.'),
      gain: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('The share by which the hypervolume must have grown over them to go on.'),
    })
    .optional()
    .describe('Ends when the hypervolume no longer grows.'),
  lag: count
    .max(1000)
    .default(8)
    .describe('Trials that may be under way while a rule is decided; at least the number of workers.'),
});

/** Several training budgets: hopeless trials are stopped at the small ones. */
export const fidelitySchema = z.strictObject({
  rungs: z
    .array(count)
    .min(1)
    .describe("Steps after which trials are compared; the evaluator's own steps are the last rung."),
  reduction: z.number().gt(1).max(16).default(3).describe('At each rung the best one in this many goes on.'),
  lag: count
    .max(1000)
    .default(4)
    .describe('A trial is compared with those up to this many before it, so that more may run at once.'),
});

/** What a search begins with beside chance. */
export const warmStartSchema = z.strictObject({
  runs: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Earlier runs of the same space: results with the same data and recipe are taken over, else their front is evaluated first.',
    ),
  references: z
    .union([z.boolean(), z.array(z.string().min(1))])
    .default(false)
    .describe('Evaluates first what the space holds nearest to the reference MixNets (or those named).'),
  cheap: z
    .strictObject({
      score: expression
        .default('macs')
        .describe('An expression of what is known without training, with `depth`; large is good.'),
      candidates: count.max(100_000).default(500).describe('Random networks that are scored.'),
      first: count.max(1000).default(10).describe('How many of the best are evaluated first.'),
    })
    .optional()
    .describe('Picks the first networks by a score that needs no training.'),
});

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
    .array(z.union([z.string().min(1), formula]))
    .min(1)
    .optional()
    .describe(
      'What to trade off: `accuracy` (made large) and any of `latencyMs.<profile>`, `macs`, `params`, `peakMemoryBytes` (made small), or formulas. Default: accuracy and every latency.',
    ),
  constraints: z
    .array(expression)
    .default([])
    .describe(
      'Conditions such as `latency["mali-g76"] <= 8 ms` or `accuracy >= 45%`, see docs/objectives.md. What is known before training costs no trial.',
    ),
  robust: z
    .boolean()
    .default(false)
    .describe('Limits and default objectives take the upper end of the 90 % band of each latency.'),
  groupGuide: z
    .number()
    .min(0)
    .max(20)
    .default(0)
    .describe(
      'How strongly proposals prefer the numbers of kernel sizes in a block that are fast on the devices; 0: not at all..',
    ),
  gateGuide: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the mutations of a network with soft or hard gates that follow what its gates want; 0: none. See docs/supernet.md for what it gained.',
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
  stop: stopSchema.optional().describe('Rules that end the search before its budget.'),
  fidelity: fidelitySchema.optional().describe('Stops hopeless trials at smaller training budgets.'),
  warmStart: warmStartSchema.optional().describe('What the search begins with.'),
  workers: z
    .union([z.literal('auto'), count.max(256)])
    .describe('Processes that evaluate at once; `auto`: one a core.')
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
      fidelity: fidelitySchema.optional().describe('Stops hopeless trials at smaller training budgets.'),
      budget: fields.budget.unwrap().optional(),
    })
    .optional()
    .describe('What is different where TensorFlow is not available, and training a hundred times slower.'),
});

/** A config as a person may write it: defaults left out. */
export type ConfigInput = z.input<typeof configSchema>;
/** A config file with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
