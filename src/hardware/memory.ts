/**
 * Peak memory of activations under a profile's fusion rules: a value lives from the kernel that makes it
 * to its last reader. Merged layers have no value of their own; where slices or concatenations are free
 * they are addresses into one buffer.
 */
import type { LayerGraph, Op } from '../models/index.js';
import { createKernelWalker } from './mapping.js';
import type { Profile } from './profile.js';

/** Peak bytes of the values alive at once, at the profile's bytes per value. */
export function peakMemoryBytes(graph: LayerGraph, profile: Profile): number {
  const { ops } = graph;
  const walker = createKernelWalker(profile.mapping);
  walker.walk(graph, () => {});
  const owner = ops.map((op) => walker.producerOf(op.id));
  if (profile.mapping.concat === 'free') {
    // The parts are written straight into the concatenation's buffer.
    for (const op of ops) {
      if (op.kind !== 'concat') continue;
      const parts = new Set(op.inputs.map((id) => owner[id] as number));
      owner.forEach((at, id) => {
        if (parts.has(at)) owner[id] = op.id;
      });
    }
  }
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const bytes = new Map<number, number>();
  for (const op of ops) {
    const own = owner[op.id] as number;
    const [height, width, channels] = (ops[own] as Op).shape;
    bytes.set(own, height * width * channels * profile.bytesPerValue);
    if (!first.has(own)) first.set(own, op.id);
    last.set(own, Math.max(last.get(own) ?? 0, op.id));
    // A merged layer reads its other inputs when its kernel runs.
    for (const id of op.inputs)
      last.set(owner[id] as number, Math.max(last.get(owner[id] as number) ?? 0, op.id));
  }
  let peak = 0;
  for (let at = 0; at < ops.length; at++) {
    let alive = 0;
    for (const [own, begin] of first) {
      if (begin <= at && (last.get(own) as number) >= at) alive += bytes.get(own) as number;
    }
    peak = Math.max(peak, alive);
  }
  return peak;
}
