/**
 * What a search and the workers of other machines say to each other through Redis. Both ends check what they receive:
 * whoever can write to Redis can write anything.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../base/index.js';
import { type Architecture, architectureSchema } from '../../models/index.js';
import type { EvaluationOutcome } from '../evaluator.js';
import { outcomeSchema } from '../executors/index.js';

/** Characters of a job, or of what a worker says; an architecture has a few thousand. */
export const mostMessageChars = 1 << 20;

const word = z.string().max(200);
const text = z.string().max(4000);
const count = z.number().int().min(0);
const accuracy = z.number().min(0).max(1).optional();

/** Content by its hash, and its size. */
export const blobSchema = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256'),
  bytes: count.max(2 ** 31 - 1),
});
export type Blob = z.output<typeof blobSchema>;

/** A trial, or a part of one, in the queue. */
export const fleetJobSchema = z.strictObject({
  /** The version of mixnas that the search is of. */
  version: word,
  run: word,
  /** Where the search listens. */
  reply: z.string().regex(/^[0-9a-f-]{36}$/),
  trial: count,
  attempt: count,
  /** The evaluator's name: whether a worker takes it is known before anything is fetched. */
  evaluator: word,
  /** Evaluator, data and space, as content. */
  setup: blobSchema,
  architecture: architectureSchema,
  seed: word,
  /** Whether trained weights are wanted. */
  weights: z.boolean(),
  supernet: z.strictObject({ file: blobSchema, tune: z.boolean() }).optional(),
  part: z
    .strictObject({
      from: count,
      until: count.min(1),
      load: blobSchema.optional(),
      save: z.boolean(),
    })
    .optional(),
});
export type FleetJob = Omit<z.output<typeof fleetJobSchema>, 'architecture'> & {
  readonly architecture: Architecture;
};

/** Which place of which worker. */
const placeSchema = z.strictObject({ host: word, name: word, place: count.max(4095), pid: count });
export type Place = z.output<typeof placeSchema>;

/** What a worker says of a job. */
export const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('started'), job: word, place: placeSchema, backend: word }),
  z.strictObject({
    type: z.literal('progress'),
    job: word,
    step: count,
    steps: count,
    loss: z.number().optional(),
    accuracy,
  }),
  z.strictObject({
    type: z.literal('outcome'),
    job: word,
    trial: count,
    outcome: outcomeSchema,
    weights: blobSchema.optional(),
    checkpoint: blobSchema.optional(),
  }),
  z.strictObject({ type: z.literal('refused'), job: word, reason: text }),
]);
type Parsed = z.output<typeof messageSchema>;
export type OutcomeMessage = Omit<Extract<Parsed, { type: 'outcome' }>, 'outcome'> & {
  readonly outcome: EvaluationOutcome;
};
export type Message = Exclude<Parsed, { type: 'outcome' }> | OutcomeMessage;

/** A worker's sign of life. */
export const workerStatusSchema = z.strictObject({
  host: word,
  name: word,
  pid: count,
  version: word,
  places: count.max(4096),
  /** The trials it has, a text each such as `cifar-3 #17`. */
  doing: z.array(word).max(4096),
});
export type WorkerStatus = z.output<typeof workerStatusSchema>;

/** The keys of a fleet, next to those of BullMQ. */
export function keysOf(queue: string) {
  const prefix = `mixnas-fleet:${queue}`;
  return {
    reply: (session: string) => `${prefix}:reply:${session}`,
    workers: `${prefix}:workers`,
    worker: (id: string) => `${prefix}:worker:${id}`,
    blob: (hash: string) => `${prefix}:blob:${hash}`,
    /** All trials that searches have under way, by when they last said so: what a fleet is scaled by. */
    wanted: `${prefix}:wanted`,
    /** The channel on which jobs are cancelled. */
    cancel: `${prefix}:cancel`,
  };
}

/** The name of a job: the same for the same trial, part and attempt of a run, asked in the same way. */
export function jobName({ reply: _reply, ...job }: FleetJob): string {
  const hash = createHash('sha256').update(canonicalJson(job)).digest('hex').slice(0, 16);
  return `${job.run}-${job.trial}-${job.part?.until ?? 'all'}-${job.attempt}-${hash}`;
}

/** BullMQ's keys begin with it. */
export const queuePrefix = 'mixnas';
