/** Which ops of a layer graph our own device kernels do in one: found by looking at who reads what. */
import type { ActivationOp, BatchNormOp, DepthwiseOp, LayerGraph, Op } from '../../../models/index.js';
import { inputOf } from '../variables.js';

/** Batch norm and the activation that alone reads it, if there is one. */
export interface NormGroup {
  readonly kind: 'norm';
  readonly norm: BatchNormOp;
  readonly activation: ActivationOp | undefined;
  readonly source: number;
}

/** Depthwise kernels over all channels of one op, in order; with several, the slices and the concat too. */
export interface MixGroup {
  readonly kind: 'mix';
  readonly parts: readonly DepthwiseOp[];
  readonly source: number;
}

/** Groups by the id of their last op, which stands for them all; the others are `inner`. */
export interface Fusion {
  readonly groups: ReadonlyMap<number, NormGroup | MixGroup>;
  readonly inner: ReadonlySet<number>;
}

/** The largest convolution kernel and number of groups that the device kernels have room for. */
const mostTaps = 31;
const mostParts = 60;

export function findFusion(graph: LayerGraph): Fusion {
  const readers = graph.ops.map(() => 0);
  for (const op of graph.ops) for (const id of op.inputs) readers[id] = (readers[id] as number) + 1;
  const alone = (op: Op) => readers[op.id] === 1;
  const groups = new Map<number, NormGroup | MixGroup>();
  const inner = new Set<number>();
  for (const op of graph.ops) {
    if (op.kind === 'batchNorm') {
      const next = graph.ops.find(({ inputs }) => inputs.includes(op.id));
      const activation = next?.kind === 'activation' && alone(op) ? next : undefined;
      groups.set((activation ?? op).id, {
        kind: 'norm',
        norm: op,
        activation,
        source: inputOf(graph, op).id,
      });
      if (activation) inner.add(op.id);
    } else if (op.kind === 'concat') {
      const mix = mixOf(graph, op, alone);
      if (!mix) continue;
      groups.set(op.id, mix);
      for (const part of mix.parts) {
        inner.add(part.id).add(inputOf(graph, part).id);
        groups.delete(part.id);
      }
    } else if (op.kind === 'depthwiseConv2d' && op.kernel <= mostTaps) {
      groups.set(op.id, { kind: 'mix', parts: [op], source: inputOf(graph, op).id });
    }
  }
  return { groups, inner };
}

function mixOf(graph: LayerGraph, concat: Op, alone: (op: Op) => boolean): MixGroup | undefined {
  const parts: DepthwiseOp[] = [];
  let source: number | undefined;
  let end = 0;
  for (const [i] of concat.inputs.entries()) {
    const part = inputOf(graph, concat, i);
    if (part.kind !== 'depthwiseConv2d' || part.kernel > mostTaps || !alone(part)) return undefined;
    const slice = inputOf(graph, part);
    if (slice.kind !== 'slice' || slice.begin !== end || !alone(slice)) return undefined;
    if (part.stride !== parts[0]?.stride && parts.length > 0) return undefined;
    source ??= slice.inputs[0];
    if (slice.inputs[0] !== source) return undefined;
    end += slice.shape[2];
    parts.push(part);
  }
  if (source === undefined || graph.ops[source]?.shape[2] !== end || parts.length > mostParts)
    return undefined;
  return { kind: 'mix', parts, source };
}
