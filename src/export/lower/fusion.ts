/** Which activations become part of the op before them, and which go onto the parts of a concatenation. */
import { InternalError } from '../../base/index.js';
import type { FoldedOp } from '../../formats/index.js';
import type { ActivationOp } from '../../models/index.js';
import type { Fused } from './graph.js';
import type { LowerOptions } from './options.js';

export interface FusionPlan {
  /** What an op applies to its result, by op id. */
  readonly fused: ReadonlyMap<number, Exclude<Fused, 'none'>>;
  /** Activations that go before a concatenation, on what it reads, by the id of the concatenation. */
  readonly early: ReadonlyMap<number, ActivationOp>;
  /** Activations that are no op of their own any more. */
  readonly gone: ReadonlySet<number>;
}

const takesActivation = ({ op }: FoldedOp) =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'dense' || op.kind === 'add';

/** Decides for a folded network. An op is fused only where the activation is all that reads it. */
export function planFusion(
  folded: readonly FoldedOp[],
  { activation: place }: Pick<LowerOptions, 'activation'>,
): FusionPlan {
  const byId = new Map(folded.map((entry) => [entry.op.id, entry]));
  const readers = new Map<number, number>();
  for (const { inputs } of folded) for (const id of inputs) readers.set(id, (readers.get(id) ?? 0) + 1);
  const fused = new Map<number, Exclude<Fused, 'none'>>();
  const early = new Map<number, ActivationOp>();
  const gone = new Set<number>();
  for (const { op, inputs } of folded) {
    if (op.kind !== 'activation') continue;
    const source = byId.get(inputs[0] as number);
    if (!source) throw new InternalError(`op ${op.name} reads an op that is gone`);
    if (readers.get(source.op.id) !== 1) continue;
    const own = op.activation === 'relu' || op.activation === 'relu6' ? op.activation : undefined;
    const parts = source.op.kind === 'concat' ? source.inputs.map((id) => byId.get(id) as FoldedOp) : [];
    const onParts =
      parts.length > 0 && parts.every((part) => takesActivation(part) && readers.get(part.op.id) === 1);
    if (own && takesActivation(source)) fused.set(source.op.id, own);
    else if (own && onParts) for (const part of parts) fused.set(part.op.id, own);
    else if (onParts && place === 'each-group') early.set(source.op.id, op);
    else continue;
    gone.add(op.id);
  }
  return { fused, early, gone };
}
