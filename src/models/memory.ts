/** Activation memory by liveness: what a runtime that frees and reuses tensors at once would need. */
import type { AnyGraph, AnyOp } from './graph.js';

/** Whether the op may write its result over a dead input of the same size. */
function worksInPlace(op: AnyOp): boolean {
  switch (op.kind) {
    case 'batchNorm':
    case 'activation':
    case 'add':
    case 'multiply':
    case 'groupScale':
    case 'hardGate':
    case 'layerNorm':
    case 'softmax':
    case 'dropout':
      return true;
    case 'foreign':
      return op.like === 'elementwise' || op.like === 'folded' || op.like === 'view';
    default:
      return false;
  }
}

const elements = (op: AnyOp) => op.shape[0] * op.shape[1] * op.shape[2];

/** For each op, the id of the last op that reads it (the end of the graph for the output). */
function lastReaders(ops: readonly AnyOp[]): number[] {
  const last = ops.map(() => ops.length);
  for (const op of ops) for (const input of op.inputs) last[input] = op.id;
  return last;
}

/**
 * The largest total of activations alive at once over the execution order, one image, weights not
 * counted. A tensor lives from its op to its last reader; element-wise ops overwrite an input that dies;
 * the image itself counts.
 * @param bytesPerElement 4 for float32 (the default), 2 for float16, 1 for int8.
 */
export function peakActivationBytes(graph: AnyGraph, bytesPerElement = 4): number {
  const last = lastReaders(graph.ops);
  let live = 0;
  let peak = 0;
  for (const op of graph.ops) {
    const dying = new Set(op.inputs.filter((id) => last[id] === op.id));
    const sizes = [...dying].map((id) => elements(graph.ops[id] as AnyOp));
    const freed = sizes.reduce((sum, n) => sum + n, 0);
    const own = elements(op);
    const reused = worksInPlace(op) && sizes.includes(own) ? own : 0;
    peak = Math.max(peak, live + own - reused);
    live += own - freed;
  }
  return peak * bytesPerElement;
}
