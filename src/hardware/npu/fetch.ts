/** How the weights of each operation reach the multipliers: while the one before runs, and in two halves where they are many. */
import { roundUp } from './machine.js';
import type { OperationShape } from './memo.js';
import type { NpuOperation } from './operation.js';
import type { Plan } from './plan.js';

export interface Fetch {
  /** Bytes taken of the fast memory; 0: they are read where they are stored. */
  readonly bytes: number;
  /** Cycles of all weights, of the first part, and of the computation after the last one. */
  readonly all: number;
  readonly first: number;
  readonly tail: number;
  readonly isDouble: boolean;
}

export function planWeights(plan: Plan): Fetch[] {
  const { operations } = plan.program;
  let slack = 0;
  return operations.map((operation, at) => {
    const fetch = fetchOf(plan, operation, at, slack);
    slack = fetch.tail;
    return fetch;
  });
}

/** @param slack cycles of the operation before during which weights can come. */
function fetchOf(plan: Plan, operation: NpuOperation, at: number, slack: number): Fetch {
  const { slow, fastBytes } = plan.machine;
  const shape = plan.shapes[at] as OperationShape;
  const { weightBytes: bytes } = shape;
  const tail = shape.cycles(plan.planned[at] as number).compute;
  const direct: Fetch = { bytes: 0, all: 0, first: 0, tail, isDouble: false };
  if (bytes === 0 || operation.kind === 'product') return direct;
  const all = bytes / slow.bytesPerCycle + slow.readLatency;
  const atOnce: Fetch = { bytes, all, first: all, tail, isDouble: false };
  // A cascade holds its weights as long as it runs.
  if (plan.cascadeAt[at] !== undefined) return atOnce;
  const limit = fastBytes - (plan.rolling[plan.times[at] as number] as number);
  const standard = bytes <= limit ? atOnce : direct;
  const share = Math.min(1, slack / all, limit / 2 / bytes);
  return share >= 1 ? standard : (inHalves(plan, operation, at, { all, share, limit }) ?? standard);
}

interface Room {
  readonly all: number;
  /** Of the weights, what comes before the operation starts. */
  readonly share: number;
  /** Bytes that are free. */
  readonly limit: number;
}

/** Undefined where the first part is all there is. */
function inHalves(
  plan: Plan,
  { write: { channels } }: NpuOperation,
  at: number,
  { all, share, limit }: Room,
): Fetch | undefined {
  const { slow } = plan.machine;
  const shape = plan.shapes[at] as OperationShape;
  const { block, weightBytes: bytes } = shape;
  const half = limit / 2;
  const places = plan.planned[at] as number;
  const early = Math.min(channels, Math.max(16, Math.floor((channels * share) / 16) * 16));
  let later = roundUp(channels * (shape.partCycles(early, places) / all), block.output.channels);
  if ((later / channels) * bytes > half) later = (half / bytes) * channels;
  const step = later > block.output.channels ? block.output.channels : 16;
  later = Math.max(16, Math.floor(later / step) * step);
  if (early >= channels) return undefined;
  const last = (channels - early) % later || Math.min(later, channels - early);
  const tail = shape.partCycles(last, places);
  const buffers = (bytes * Math.min(channels, early + later)) / channels;
  if (buffers > limit) {
    return { bytes: 0, all: 0, first: 0, tail, isDouble: false };
  }
  const first = (bytes * early) / channels / slow.bytesPerCycle + slow.readLatency;
  return { bytes: buffers, all, first, tail, isDouble: true };
}
