/**
 * What a journal's lines say. A trial costs two short lines: `ask` when it is proposed, `tell` when it is
 * finished. To keep them short, genomes and curves are strings, and the metrics known beforehand a list
 * whose names stand once, in the manifest.
 */
import { z } from 'zod';
import { type CurvePoint, InternalError } from '../../base/index.js';
import { mostFinalistSeeds } from '../config.js';
import { commandSchema } from './command.js';
import { count, mostSeconds, seconds, time, trialNumber, workerNumber } from './ranges.js';

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
  seconds: z.number().positive().max(mostSeconds).optional(),
});

/** A trial was proposed, or is run again after an interruption: then its line is the same. */
const ask = z.strictObject({
  type: z.literal('ask'),
  id: trialNumber,
  /** Indices of choices; see `encodeGenome`. */
  genome: z.string(),
  /** Values of the manifest's `metrics`, in their order. */
  known: z.array(z.number()),
  parents: z.array(trialNumber).optional(),
  origin: z.string(),
});

/** How far the training of a trial is. */
const report = z.strictObject({
  type: z.literal('report'),
  id: trialNumber,
  worker: workerNumber,
  step: count,
  steps: count,
  loss: z.number().optional(),
  accuracy: z.number().optional(),
});

/** A trial has reached a rung: the end of a part of its evaluation, with a checkpoint. */
const rung = z.strictObject({
  type: z.literal('rung'),
  id: trialNumber,
  /** Steps done in all. */
  step: count,
  values: z.record(z.string(), z.number()),
  seconds,
  worker: workerNumber.optional(),
  curve: z.string().optional(),
});

/** A trial is finished. */
const tell = z.strictObject({
  type: z.literal('tell'),
  id: trialNumber,
  state: z.enum(['complete', 'pruned', 'failed']),
  values: z.record(z.string(), z.number()).optional(),
  reason: z.string().optional(),
  /** Where it failed for no fault of its own: its process was ended from outside. A resumed run tries it again. */
  fault: z.literal('machine').optional(),
  /** What a pruned trial would have come to, as the sampler received it. */
  estimate: z.record(z.string(), z.number()).optional(),
  seconds,
  worker: workerNumber.optional(),
  /** See `encodeCurve`. */
  curve: z.string().optional(),
});

/** A member of the front was evaluated again, with a further seed. */
const finalist = z.strictObject({
  type: z.literal('finalist'),
  id: trialNumber,
  /** Which further seed it is, from 1. */
  seed: count.min(1).max(mostFinalistSeeds),
  state: z.enum(['complete', 'failed']),
  values: z.record(z.string(), z.number()).optional(),
  reason: z.string().optional(),
  seconds,
  worker: workerNumber.optional(),
});

/** A worker process started or ended; `left`: it had been told to. */
const worker = z.strictObject({
  type: z.literal('worker'),
  worker: workerNumber,
  state: z.enum(['started', 'renewed', 'crashed', 'left']),
  pid: count.optional(),
  /** Of a fleet: the machine, and what the worker and its place are called there. */
  host: z.string().optional(),
  name: z.string().optional(),
  reason: z.string().optional(),
});

/** Of a fleet: how much it is, and how many trials of this search wait for it. */
const fleet = z.strictObject({
  type: z.literal('fleet'),
  hosts: count,
  places: count,
  waiting: count,
});

/** The search has read what it was asked, and has taken it or not. */
const control = z.strictObject({
  type: z.literal('control'),
  /** That of the request. */
  id: z.string(),
  command: commandSchema,
  state: z.enum(['taken', 'refused']),
  /** Why it was refused. */
  reason: z.string().optional(),
});

/** How far a search is with what comes before its trials (`supernet`) or after them (`finetune`, `finalists`). */
const phase = z.strictObject({
  type: z.literal('phase'),
  phase: z.enum(['supernet', 'finetune', 'finalists']),
  step: count,
  steps: count,
  loss: z.number().optional(),
});

/** A network's accuracy in simulated 8-bit integers, measured after the search. */
const int8 = z.strictObject({
  type: z.literal('int8'),
  id: trialNumber,
  accuracy: z.number(),
  /** That of the same weights in floats: those that were kept may be of a further seed. */
  float: z.number(),
  /** The validation images that both were measured on. */
  images: count,
});

/** The writer closed the run in order; a run without it was killed. */
const end = z.strictObject({
  type: z.literal('end'),
  reason: z.enum(['trials', 'time', 'stopped', 'interrupted', 'exhausted', 'target', 'stagnation', 'failed']),
  /** What went wrong, where the reason is `failed`. */
  message: z.string().optional(),
});

/** What a line says, without its number, time and check sum. */
export type JournalEntry = z.output<typeof entrySchema>;
export const entrySchema = z.discriminatedUnion('type', [
  session,
  ask,
  report,
  rung,
  tell,
  finalist,
  worker,
  fleet,
  control,
  phase,
  int8,
  end,
]);

/** A journal line: an entry with its number in the journal (from 1) and its time. */
export type JournalLine = JournalEntry & { readonly n: number; readonly t: number };

const stamp = { n: z.number().int().positive(), t: time };
export const lineSchema = z.discriminatedUnion('type', [
  session.extend(stamp),
  ask.extend(stamp),
  report.extend(stamp),
  rung.extend(stamp),
  tell.extend(stamp),
  finalist.extend(stamp),
  worker.extend(stamp),
  fleet.extend(stamp),
  control.extend(stamp),
  phase.extend(stamp),
  int8.extend(stamp),
  end.extend(stamp),
]);

/**
 * A learning curve as text: `30 2.1, 60 1.8, 90 1.5 0.47` is steps, losses and accuracies. Text, because a
 * reader of 100,000 trials then decodes the few curves that are looked at.
 */
export function encodeCurve(curve: readonly CurvePoint[]): string {
  return curve.map(({ step, loss, accuracy }) => [step, loss, accuracy].join(' ').trim()).join(', ');
}

/** The inverse of `encodeCurve`. */
export function decodeCurve(text: string): CurvePoint[] {
  if (text === '') return [];
  return text.split(', ').map((point) => {
    const [step = Number.NaN, loss = Number.NaN, accuracy] = point.split(' ').map(Number);
    return accuracy === undefined ? { step, loss } : { step, loss, accuracy };
  });
}

/** Genome indices as one byte a gene, in base64: as short as text gets where genes have up to 256 choices. */
export function encodeGenome(genome: ArrayLike<number>): string {
  const bytes = Uint8Array.from(genome);
  if (bytes.some((gene, i) => gene !== genome[i])) throw new InternalError('a gene of more than 256 choices');
  return Buffer.from(bytes).toString('base64');
}

/** The inverse of `encodeGenome`. */
export const decodeGenome = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
