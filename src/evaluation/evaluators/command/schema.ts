/** A program of one's own as evaluator, as a config names it. */
import { z } from 'zod';

export const commandSchema = z
  .strictObject({
    name: z.literal('command').describe('Asks a program of your own.'),
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .describe('The program with its arguments as a list, or one line for the shell.'),
    steps: z
      .number()
      .int()
      .positive()
      .default(100)
      .describe(
        'What a whole evaluation takes, in steps or epochs: passed to the program, and the last rung.',
      ),
    timeoutSeconds: z
      .number()
      .positive()
      .max(1e7)
      .default(86_400)
      .describe('An evaluation that takes longer is ended, and its trial has failed.'),
    serve: z
      .boolean()
      .default(false)
      .describe(
        'Whether the program stays up and answers one line of input after the other, which saves its start.',
      ),
    gpus: z
      .array(z.union([z.number().int().min(0), z.string().min(1)]))
      .min(1)
      .optional()
      .describe('GPUs by number or name: each worker gets one, as `CUDA_VISIBLE_DEVICES`.'),
    metrics: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'expected a name such as energyMj'))
      .default([])
      .describe('Metrics that the program gives in addition to `accuracy`; formulas may use them.'),
  })
  .describe('A program of your own: architecture as JSON on its standard input, result on its output.');

/** A command with every default filled in. */
export type CommandSpec = z.output<typeof commandSchema>;
