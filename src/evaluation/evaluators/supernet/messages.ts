/** What the process that trains a supernet and its parent say to each other. */
import { z } from 'zod';
import { dataIdentitySchema } from '../../../base/index.js';
import { dataSpecSchema } from '../../../training/index.js';
import { errorMessageSchema } from '../../serve-parent.js';
import { supernetSchema } from './schema.js';

/** The one message to it. */
export const supernetJobSchema = z.strictObject({
  evaluator: supernetSchema,
  dataset: dataSpecSchema,
  identity: dataIdentitySchema(z).optional(),
  splitSeed: z.union([z.string(), z.number()]),
  /** A space's source. */
  space: z.unknown(),
  /** Where checkpoints go; it resumes from one that is there. */
  path: z.string(),
  threads: z.number().int().positive(),
});
export type SupernetJob = z.output<typeof supernetJobSchema>;

const number = z.number();
export const fromRunnerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), step: number, steps: number, loss: number }),
  z.strictObject({ type: z.literal('done') }),
  errorMessageSchema,
]);
export type FromRunner = z.output<typeof fromRunnerSchema>;
