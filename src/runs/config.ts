/**
 * What a search is, with nothing left open: the one definition of `config.json`. A config file is these
 * fields with defaults and short forms; a run is read by those of them that every reader needs. What belongs to other
 * rooms (data, evaluator, budgets of halving) is left open here and filled in by the use cases.
 */
import { z } from 'zod';
import { parseBandwidth, parseMilliseconds } from '../base/index.js';
import { alignSchema } from '../models/index.js';
import { alertsSchema } from './alerts-schema.js';

const positive = z.number().positive();
const count = z.number().int().positive();
/** Trials of a run. */
export const mostTrials = 1_000_000;
/** Seeds with which a member of the front is evaluated again. */
export const mostFinalistSeeds = 100;
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
const stopSchema = z.strictObject({
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
        .describe('The share by which the hypervolume must have grown over them for the search to continue.'),
    })
    .optional()
    .describe('Ends when the hypervolume no longer grows.'),
  lag: count
    .max(1000)
    .default(8)
    .describe('Trials that may be under way while a rule is decided; at least the number of workers.'),
});

/** What a search begins with apart from chance. */
const warmStartSchema = z.strictObject({
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

/** Members of the front that are evaluated again once the search is done. */
const trialLimitsSchema = z
  .strictObject({
    memory: z
      .number()
      .int()
      .min(16)
      .max(1e9)
      .optional()
      .describe(
        'Megabytes of memory that the process of a trial may take, with all that it has started, its data set included.',
      ),
    seconds: z
      .number()
      .positive()
      .max(1e7)
      .optional()
      .describe('How long an evaluation may take, or a part of it where there is early stopping.'),
  })
  .describe('What a trial may take at most; one that takes more is ended and has failed, it alone.');

const finalistsSchema = z.strictObject({
  seeds: z
    .number()
    .int()
    .min(0)
    .max(mostFinalistSeeds)
    .default(3)
    .describe('With how many further seeds each is evaluated; 0: not at all.'),
  steps: count
    .optional()
    .describe("Training steps of each of these evaluations; default: the evaluator's own."),
  networks: count
    .max(1000)
    .optional()
    .describe('How many of the front at most, from the most to the least accurate; default: all of it.'),
});

/** A setting of another room: what it is, by name, with options of its own. */
const named = z.looseObject({ name: z.string().min(1) });

/** Where each network is cut between a phone and a server. */
const splitLatencySchema = z.strictObject({
  phone: z.string().min(1).describe("The phone's profile, one of `profiles`."),
  server: z
    .union([z.string().min(1), positive])
    .describe('The server: another of `profiles`, or the milliseconds that the whole network takes there.'),
  bandwidth: z
    .union([z.string(), z.number()])
    .refine((value) => parseBandwidth(value) !== undefined, {
      message: 'expected a bandwidth such as 20Mbps',
    })
    .describe('Of the network between them, up and down: `20Mbps`, `500kbps`, or a number of Mbps.'),
  rtt: z
    .union([z.string(), z.number()])
    .refine((value) => parseMilliseconds(value) !== undefined, { message: 'expected a time such as 30ms' })
    .describe('The round trip: `30ms`, or a number of milliseconds.'),
  precision: z
    .enum(['int8', 'fp16', 'fp32'])
    .default('fp32')
    .describe('What is sent of each number that crosses the cut.'),
});

/** A search with nothing left open. */
export const runConfigSchema = z.strictObject({
  name: z.string().describe('What the run is called, but for its number.'),
  seed: z.union([z.string(), z.number()]).describe('The same seed gives the same run.'),
  space: z
    .string()
    .min(1)
    .describe('The search space: a name (`cifar-small`, `mixnet-imagenet`) or a YAML file.'),
  align: alignSchema
    .optional()
    .describe(
      'Channels in multiples of this, in the place of what the space says: borders between groups of mixed convolutions, and widths, move as far as channels allow. `auto`: a multiple that suits all devices of the search. Default: what the space says; else nothing moves.',
    ),
  dataset: named.describe('What to train on.'),
  deploy: z
    .strictObject({
      resolution: count.max(4096).describe('Height and width of the images in pixels.'),
      classes: count.max(1_000_000).describe('How many classes it distinguishes there.'),
      precision: z
        .enum(['float', 'int8'])
        .optional()
        .describe(
          'What the networks compute in on the device. With `int8` accuracy is also that of the network in simulated 8-bit integers. Default: float.',
        ),
      evaluate: z
        .enum(['front', 'all'])
        .optional()
        .describe(
          'Of `precision: int8`, whose accuracy in integers is measured: of the front when the search ends (`front`, the default), or of every trial (`all`): then `accuracy` is that in integers, and the search trades it off.',
        ),
    })
    .describe('What latency, MACs and parameters are priced at, whatever is trained at.'),
  profiles: z.array(z.string().min(1)).describe('The devices: names of hardware profiles.'),
  limits: z
    .strictObject({
      latencyMs: z
        .record(z.string(), positive)
        .describe('The longest latency on a device, in milliseconds, by profile.'),
      macs: positive.optional().describe('The most multiply-adds.'),
      params: positive.optional().describe('The most parameters.'),
      peakMemoryBytes: positive.optional().describe('The most activation memory on any of the devices.'),
      memoryBytes: z
        .record(z.string(), positive)
        .optional()
        .describe(
          "The most memory on a device, in bytes, by profile: activations, weights and the runtime's share.",
        ),
      splitLatencyMs: positive
        .optional()
        .describe('The longest latency of phone and server together, in milliseconds; needs `splitLatency`.'),
    })
    .describe('What an architecture must keep to; checked before anything is trained.'),
  objectives: z
    .array(z.union([z.string().min(1), formula]))
    .min(1)
    .describe(
      'What to trade off: `accuracy` (made large) and any of `latencyMs.<profile>`, `memoryBytes.<profile>`, `macs`, `params`, `peakMemoryBytes`, `splitLatencyMs` (made small), or formulas. Default: accuracy and every latency; with `splitLatency` accuracy and that.',
    ),
  // Runs of 0.1.0 and before may lack what has a default here.
  constraints: z
    .array(expression)
    .default([])
    .describe(
      'Conditions such as `latency["mali-g76"] <= 8 ms` or `accuracy >= 45%`, see docs/objectives.md. What is known before training costs no trial.',
    ),
  splitLatency: splitLatencySchema
    .optional()
    .describe(
      'Prices each network cut where phone and server together take least: the metric `splitLatencyMs`, see docs/objectives.md.',
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
      'How strongly proposals prefer the numbers of kernel sizes in a block that are fast on the devices; 0: not at all.',
    ),
  gateGuide: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the mutations of a network with soft or hard gates that follow what its gates want; 0: none. See docs/supernet.md for what it gained.',
    ),
  sampler: named.describe('How architectures are proposed.'),
  evaluator: named.describe('How an architecture is judged.'),
  budget: z
    .strictObject({
      trials: count.max(mostTrials).describe('How many architectures are evaluated.'),
      seconds: positive
        .optional()
        .describe(
          'Wall-clock limit of one session, finalists included; trials that run are finished. Where `trials` is not said, steps, early stopping and finalists that are not said are planned for this time from measured speed.',
        ),
    })
    .describe('When the search ends.'),
  stop: stopSchema.optional().describe('Rules that end the search before its budget.'),
  fidelity: z.looseObject({}).optional().describe('Stops hopeless trials at smaller training budgets.'),
  finalists: finalistsSchema
    .optional()
    .describe(
      'Evaluates the front again with further seeds: its first accuracies are too high, because they were chosen for being high. The front is then by the mean of the later ones.',
    ),
  warmStart: warmStartSchema.optional().describe('What the search begins with.'),
  alerts: alertsSchema
    .optional()
    .describe('Notices of what happens, in the terminal, to a program or to a URL. See docs/dashboard.md.'),
  trialLimits: trialLimitsSchema.optional(),
  workers: count.describe('Processes that evaluate at once.'),
  deterministic: z
    .boolean()
    .default(true)
    .describe(
      'Whether the same seed gives the same trials with any number of workers. With false a free worker never waits for a slow trial: the next network is proposed from all results known by then.',
    ),
});

/** What readers rely on in `config.json`; the rest belongs to those who run the search. */
export const storedConfigSchema = z.looseObject(
  runConfigSchema.pick({
    seed: true,
    deploy: true,
    profiles: true,
    robust: true,
    limits: true,
    budget: true,
    deterministic: true,
    finalists: true,
    alerts: true,
  }).shape,
);
/** The resolved config of a run, as far as readers rely on it. */
export type StoredConfig = z.output<typeof storedConfigSchema>;
/** What is written as `config.json`. */
export type NewStoredConfig = z.input<typeof storedConfigSchema>;
