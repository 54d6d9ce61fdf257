/** The child's end of a process that works for a parent. */
import { z } from 'zod';
import { MixnasError, messageOf, parseWith } from '../base/index.js';

/** Something that is not the job's fault: what a parent receives of an error. */
export const errorMessageSchema = z.strictObject({
  type: z.literal('error'),
  /** An `ErrorCode`; undefined for an error that is not a `MixnasError`. */
  code: z.string().optional(),
  message: z.string(),
  remedy: z.string().optional(),
});
type ErrorMessage = z.output<typeof errorMessageSchema>;

/**
 * Answers each message of the parent with `handle`; what it throws is sent to the parent. This process ends with
 * its parent, and leaves signals to it: Ctrl-C in a terminal goes to both.
 */
export function serveParent<Message>(
  schema: z.ZodType<Message>,
  handle: (message: Message, send: (answer: object) => void) => Promise<void>,
): void {
  const send = (answer: object) => process.send?.(answer);
  function report(error: unknown): void {
    const known = error instanceof MixnasError ? { code: error.code, remedy: error.remedy } : {};
    const answer: ErrorMessage = { type: 'error', message: messageOf(error), ...known };
    send(answer);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', (data) => {
    try {
      handle(parseWith(schema, data, 'message of the parent', 'failed'), send).catch(report);
    } catch (error) {
      report(error);
    }
  });
}
