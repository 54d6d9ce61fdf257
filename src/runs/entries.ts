/**
 * What a journal's lines say. A trial costs two short lines: `ask` when it is proposed, `tell` when it is
 * finished. To keep them short, a genome is a string of digits and the metrics known beforehand are a list
 * whose names stand once, in the manifest.
 */
import { z } from 'zod';
import { InternalError } from '../base/index.js';

const count = z.number().int().min(0);
const milliseconds = z.number();

/**
 * One point of a learning curve: `[step, loss]` or `[step, loss, accuracy]`. Not a union of tuples, which
 * takes zod four times as long: half of what opening a journal of 100,000 trials costs.
 */
const curvePoint = z.array(z.number()).min(2).max(3);

/** A process began to write: a new run, or one that was resumed. */
const session = z.strictObject({
  type: z.literal('session'),
  version: z.string(),
  host: z.string(),
  pid: count,
  resumed: z.boolean(),
  workers: count,
  /** The tensor backend, or the evaluator where that needs none. */
  backend: z.string(),
  trials: count,
  /** Wall-clock limit of this session. */
  seconds: z.number().positive().optional(),
});

/** A trial was proposed, or is run again after an interruption: then its line is the same. */
const ask = z.strictObject({
  type: z.literal('ask'),
  id: count,
  genome: z.union([z.string(), z.array(count)]),
  /** Values of the manifest's `metrics`, in their order. */
  known: z.array(z.number()),
  parents: z.array(count).optional(),
  origin: z.string(),
});

/** How far the training of a trial is. */
const report = z.strictObject({
  type: z.literal('report'),
  id: count,
  worker: count,
  step: count,
  steps: count,
  loss: z.number().optional(),
  accuracy: z.number().optional(),
});

/** A trial is finished. */
const tell = z.strictObject({
  type: z.literal('tell'),
  id: count,
  state: z.enum(['complete', 'pruned', 'failed']),
  values: z.record(z.string(), z.number()).optional(),
  reason: z.string().optional(),
  seconds: z.number().min(0),
  worker: count.optional(),
  curve: z.array(curvePoint).optional(),
});

/** A worker process started or ended. */
const worker = z.strictObject({
  type: z.literal('worker'),
  worker: count,
  state: z.enum(['started', 'renewed', 'crashed']),
  pid: count.optional(),
  reason: z.string().optional(),
});

/** The writer closed the run in order; a run without it was killed. */
const end = z.strictObject({
  type: z.literal('end'),
  reason: z.enum(['trials', 'time', 'interrupted', 'exhausted', 'failed']),
  /** What went wrong, where the reason is `failed`. */
  message: z.string().optional(),
});

/** What a line says, without its number, time and check sum. */
export type JournalEntry = z.output<typeof entrySchema>;
export const entrySchema = z.discriminatedUnion('type', [session, ask, report, tell, worker, end]);

/** A journal line: an entry with its number in the journal (from 1) and its time. */
export type JournalLine = JournalEntry & { readonly n: number; readonly t: number };

const stamp = { n: z.number().int().positive(), t: milliseconds };
export const lineSchema = z.discriminatedUnion('type', [
  session.extend(stamp),
  ask.extend(stamp),
  report.extend(stamp),
  tell.extend(stamp),
  worker.extend(stamp),
  end.extend(stamp),
]);

/** Genome indices as one base-36 digit a gene, or as a list where a gene has more choices than that. */
export function encodeGenome(genome: ArrayLike<number>): string | number[] {
  const genes = Array.from(genome);
  return genes.every((gene) => gene < 36) ? genes.map((gene) => gene.toString(36)).join('') : genes;
}

/** The inverse of `encodeGenome`. */
export function decodeGenome(text: string | readonly number[]): Uint8Array | Uint16Array {
  if (typeof text !== 'string') return Uint16Array.from(text);
  const genome = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const gene = code < 58 ? code - 48 : code - 87;
    if (gene < 0 || gene > 35) throw new InternalError(`genome ${text}`);
    genome[i] = gene;
  }
  return genome;
}
