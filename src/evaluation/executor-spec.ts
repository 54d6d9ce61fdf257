/** Which executor runs the trials, as a config says it. */
import { z } from 'zod';

/** A URL of Redis without a password, or the name of a variable of the environment that holds one. */
const redis = z
  .string()
  .regex(
    /^(rediss?:\/\/[^@\s]+|[A-Za-z_][A-Za-z0-9_]*)$/,
    'expected redis://host:6379 or rediss://host:6379 without a password, or the name of an environment variable that holds the URL',
  );

/** What separates the fleets that share a Redis. */
const queue = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected letters, digits, `.`, `_` and `-`');

const bullmq = z.strictObject({
  kind: z.literal('bullmq').describe('Workers on any number of machines, over a queue in Redis.'),
  redis: redis
    .default('MIXNAS_REDIS')
    .describe(
      'Where Redis is: `redis://host:6379`, or the name of an environment variable that holds the URL; a password belongs there, since the run folder keeps this.',
    ),
  queue: queue.default('mixnas').describe('Which fleet: workers take the trials of the queue of this name.'),
  store: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where weights, checkpoints and images travel: a folder that all machines share, or `s3://bucket/prefix`; default: through Redis, up to 64 MB each and no images.',
    ),
  priority: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe(
      'Trials of a search with a smaller number go first; searches with the same number share the fleet evenly.',
    ),
});

export const executorSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('processes').describe('Worker processes on this machine, one pinned to a core each.'),
    }),
    z.strictObject({ kind: z.literal('in-process').describe('This process, one trial after the other.') }),
    bullmq,
  ])
  .describe('What runs the trials: `processes` (the default), `in-process` for debugging, or `bullmq`.');

/** An executor with every default filled in. */
export type ExecutorSpec = z.output<typeof executorSchema>;
export type FleetSpec = z.output<typeof bullmq>;

/** The executors by name. */
export const executorKinds = ['processes', 'in-process', 'bullmq'] as const;
