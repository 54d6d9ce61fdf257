/**
 * Memory of activations under a profile's fusion rules: a value lives from the device kernel that makes it to its
 * last reader. Merged layers have no value of their own; where slices or concatenations are free they are
 * addresses into one buffer; an element-wise kernel writes over an image that nothing reads after it.
 */
import { type AnyGraph, type AnyOp, countCost } from '../../models/index.js';
import { type Arena, type Lifetime, mostAlive, planArena } from './arena.js';
import { createKernelWalker } from '../mapping.js';
import type { Profile } from '../profile/index.js';

/** One buffer: what is in it, and when. */
export interface Buffer extends Lifetime {
  /** Name of the layer whose value it holds first. */
  readonly layer: string;
}

export interface MemoryPlan extends Pick<Arena, 'offsets'> {
  readonly buffers: readonly Buffer[];
  /** Size of the arena that holds every buffer. */
  readonly peakBytes: number;
  /** The most bytes alive at once, which no planner can go below. */
  readonly leastBytes: number;
}

/** Kernels that read each number where they write it. */
const inPlace: ReadonlySet<AnyOp['kind']> = new Set([
  'activation',
  'add',
  'multiply',
  'groupScale',
  'softmax',
]);

/** Plans the activations of one image, at the profile's bytes per value. Weights are not counted. */
export function planMemory(graph: AnyGraph, profile: Profile): MemoryPlan {
  const { ops } = graph;
  const walker = createKernelWalker(profile.mapping);
  walker.walk(graph, () => {});
  /** The op whose buffer holds this op's value. */
  const owner = ops.map((op) => walker.producerOf(op.id));
  const rename = (from: ReadonlySet<number>, to: number) => {
    owner.forEach((at, id) => {
      if (from.has(at)) owner[id] = to;
    });
  };
  if (profile.mapping.concat === 'free') {
    // The parts are written straight into the concatenation's buffer.
    for (const op of ops)
      if (op.kind === 'concat') rename(new Set(op.inputs.map((id) => owner[id] as number)), op.id);
  }
  const bytesOf = (id: number) => {
    const [height, width, channels] = (ops[id] as AnyOp).shape;
    return height * width * channels * profile.bytesPerValue;
  };
  const last = lastSteps(ops, owner);
  for (const op of ops) {
    if (!inPlace.has(op.kind) || owner[op.id] !== op.id) continue;
    const dies = (id: number) => last[id] === op.id && (ops[id] as AnyOp).kind !== 'input';
    const over = op.inputs
      .map((id) => owner[id] as number)
      .find((id) => dies(id) && bytesOf(id) === bytesOf(op.id));
    if (over === undefined) continue;
    last[over] = last[op.id] as number;
    rename(new Set([op.id]), over);
  }
  const firsts = new Map<number, number>();
  for (const op of ops) {
    const own = owner[op.id] as number;
    if (!firsts.has(own)) firsts.set(own, op.id);
  }
  const buffers = [...firsts].map(([own, first]) => ({
    layer: (ops[first] as AnyOp).name,
    first,
    last: last[own] as number,
    bytes: bytesOf(own),
  }));
  const { offsets, bytes } = planArena(buffers);
  return { buffers, offsets, peakBytes: bytes, leastBytes: mostAlive(buffers) };
}

/** For each buffer's owner the last op that reads or makes a value in it. */
function lastSteps(ops: readonly AnyOp[], owner: readonly number[]): number[] {
  const last = ops.map(() => 0);
  for (const op of ops) {
    const own = owner[op.id] as number;
    last[own] = Math.max(last[own] as number, op.id);
    // A merged layer reads its other inputs when its device kernel runs.
    for (const id of op.inputs) {
      const read = owner[id] as number;
      last[read] = Math.max(last[read] as number, op.id);
    }
  }
  return last;
}

/** Size of the arena for one image's activations. */
export function peakMemoryBytes(graph: AnyGraph, profile: Profile): number {
  return planMemory(graph, profile).peakBytes;
}

/** What a network takes of a device's memory at its peak. */
export interface MemoryUse {
  /** The arena of the activations of one image. */
  readonly activationBytes: number;
  /** Its weights, as often as the runtime holds them. */
  readonly weightBytes: number;
  /** What the runtime takes whatever it runs; 0 where the profile does not know it. */
  readonly runtimeBytes: number;
  readonly totalBytes: number;
}

/** Parameters that normalisations have and a deployed network has not: they are folded, two become one. */
const folded = (op: AnyOp) => op.kind === 'batchNorm';

/** Weights of a deployed network in bytes, held once: each normalisation leaves one number a channel. */
export function weightBytes(graph: AnyGraph, { bytesPerValue }: Pick<Profile, 'bytesPerValue'>): number {
  const { params } = countCost(graph);
  const removed = countCost(graph, folded).params / 2;
  return (params - removed) * bytesPerValue;
}

/** Activations, weights and the runtime's share. */
export function memoryUse(
  graph: AnyGraph,
  profile: Profile,
  activationBytes: number = peakMemoryBytes(graph, profile),
): MemoryUse {
  const { runtimeBytes = 0, weightCopies = 1 } = profile.memory ?? {};
  const weights = weightCopies * weightBytes(graph, profile);
  return {
    activationBytes,
    weightBytes: weights,
    runtimeBytes,
    totalBytes: activationBytes + weights + runtimeBytes,
  };
}
