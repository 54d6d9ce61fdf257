/** What a worker process and its parent say to each other. Both ends check what they receive. */
import { z } from 'zod';
import { dataIdentitySchema } from '../../base/index.js';
import { architectureSchema } from '../../models/index.js';
import { dataSpecSchema } from '../../training/index.js';
import { errorMessageSchema } from '../serve-parent.js';
import { evaluatorSchema } from '../evaluators/index.js';

/** The first message to a worker: what it is to evaluate with. */
export const setupSchema = z.strictObject({
  type: z.literal('setup'),
  evaluator: evaluatorSchema,
  dataset: dataSpecSchema,
  identity: dataIdentitySchema(z).optional(),
  splitSeed: z.union([z.string(), z.number()]),
  space: z.unknown().optional(),
  /** Whether images of a folder are compared with `identity` first: this may be another machine. */
  compare: z.boolean().optional(),
  int8: z.boolean().optional(),
});
/** Asks which tensor backend there is; an answer to it, and nothing else, is `ready`. */
const probe = z.strictObject({ type: z.literal('probe') });
const evaluate = z.strictObject({
  type: z.literal('evaluate'),
  job: z.strictObject({
    trial: z.number().int(),
    architecture: architectureSchema,
    seed: z.string(),
    slot: z.number().int().min(0).optional(),
    weightsPath: z.string().optional(),
    supernet: z.strictObject({ path: z.string(), tune: z.boolean() }).optional(),
    part: z
      .strictObject({
        from: z.number().int().min(0),
        until: z.number().int().positive(),
        load: z.string().optional(),
        save: z.string().optional(),
      })
      .optional(),
  }),
});
export const toWorkerSchema = z.discriminatedUnion('type', [setupSchema, probe, evaluate]);
export type ToWorker = z.output<typeof toWorkerSchema>;
export type Setup = z.output<typeof setupSchema>;

const loss = z.number().optional();
const accuracy = z.number().optional();
const step = z.number();

const ready = z.strictObject({
  type: z.literal('ready'),
  backend: z.string(),
  /** The version of TensorFlow's library. */
  tensorflow: z.string().optional(),
});
const progress = z.strictObject({ type: z.literal('progress'), step, steps: z.number(), loss, accuracy });
export const outcomeSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('complete'),
    values: z.record(z.string(), z.number()),
    curve: z.array(z.strictObject({ step, loss: z.number(), accuracy })),
    seconds: z.number(),
  }),
  z.strictObject({
    state: z.literal('failed'),
    reason: z.string(),
    seconds: z.number(),
    fault: z.literal('machine').optional(),
  }),
]);
const outcome = z.strictObject({ type: z.literal('outcome'), outcome: outcomeSchema });
export const fromWorkerSchema = z.discriminatedUnion('type', [ready, progress, outcome, errorMessageSchema]);
export type FromWorker = z.output<typeof fromWorkerSchema>;
