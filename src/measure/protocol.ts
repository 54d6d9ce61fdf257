/** What the measuring process and its parent say to each other. */
import { z } from 'zod';
import type { LayerGraph } from '../models/index.js';
import { type TargetName, targetNames } from './target.js';

/** To the child, whose messages come from our own parent process and are trusted. */
export interface MeasureRequest {
  readonly graph: LayerGraph;
  /** Seconds of timed runs of the whole network. */
  readonly seconds: number;
  /** Whether to time its nodes too, for half as long. */
  readonly nodes: boolean;
}

const nodes = z.array(z.strictObject({ node: z.string(), us: z.number().min(0) }));

const measured = z.strictObject({
  kind: z.literal('measured'),
  /** µs of each timed run. */
  samplesUs: z.array(z.number().positive()).min(1),
  /** µs of each node, in order of execution; empty where not asked for, or where the target does not tell. */
  nodes,
});
const failed = z.strictObject({ kind: z.literal('failed'), reason: z.string() });
const ready = z.strictObject({
  kind: z.literal('ready'),
  runtime: z.strictObject({ name: z.string(), version: z.string() }),
});

/** From the child. */
export const measureReply = z.discriminatedUnion('kind', [ready, measured, failed]);
export type MeasureReply = z.output<typeof measureReply>;
export type Measured = z.output<typeof measured>;

export function isTargetName(name: string | undefined): name is TargetName {
  return (targetNames as readonly string[]).includes(name ?? '');
}
