/** What one measuring process receives, one JSON line on standard input, and what it answers. */
import { readSync } from 'node:fs';
import type { LayerGraph } from '../../src/models/index.js';

export interface Job {
  readonly graph: LayerGraph;
  readonly batch: number;
  /** How long to measure, after the line `go`. */
  readonly seconds: number;
  readonly threads: number;
  /** More than one: processes that share each batch and average their gradients (PyTorch only). */
  readonly workers: number;
}

/** Times of the steps, in seconds. */
export interface Answer {
  readonly version: string;
  readonly seconds: readonly number[];
}

/** The next line of standard input, waiting for it. */
export function readLine(): string {
  const byte = Buffer.alloc(1);
  const bytes: number[] = [];
  while (readSync(0, byte) === 1 && byte[0] !== 10) bytes.push(byte[0] as number);
  return Buffer.from(bytes).toString('utf8');
}
