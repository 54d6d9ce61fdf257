/** What can be asked of a search that runs. */
import { z } from 'zod';
import { formatDuration, significant } from '../../base/index.js';
import { type Architecture, architectureSchema } from '../../models/index.js';
import { mostTrials } from '../config.js';

export const commandSchema = z.discriminatedUnion('type', [
  /** Start no new trial; those that run are finished. */
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('continue') }),
  /** Finish the trials that run, and end. */
  z.strictObject({ type: z.literal('stop') }),
  /** A new number of trials in all. */
  z.strictObject({ type: z.literal('trials'), trials: z.number().int().positive().max(mostTrials) }),
  /** A new limit on the time of this session, pauses left out. */
  z.strictObject({ type: z.literal('time'), seconds: z.number().positive() }),
  /** A tighter limit on the latency of what is proposed from now on. */
  z.strictObject({ type: z.literal('limit'), profile: z.string().min(1), ms: z.number().positive() }),
  /** A network to try next. */
  z.strictObject({
    type: z.literal('queue'),
    name: z.string(),
    architecture: architectureSchema.transform((one): Architecture => one),
  }),
]);
/** Something that a search can be asked while it runs. */
export type Command = z.output<typeof commandSchema>;

/** A command in words: `limit mali-g76 to 12 ms`. */
export function commandText(command: Command): string {
  switch (command.type) {
    case 'pause':
      return 'pause';
    case 'continue':
      return 'continue';
    case 'stop':
      return 'stop after the current trials';
    case 'trials':
      return `search ${command.trials} trials in all`;
    case 'time':
      return `search for ${formatDuration(command.seconds)}`;
    case 'limit':
      return `limit ${command.profile} to ${significant(command.ms)} ms`;
    case 'queue':
      return `queue ${command.name}`;
  }
}
