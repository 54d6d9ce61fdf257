/** One optimizer step, recorded with TensorFlow's fused update kernels: one op a variable. */
import type { OptimizerSpec } from '../optimizer.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';

/** A variable about to be updated. */
export interface Update {
  /** Resource handle and value. */
  readonly handle: Ref;
  readonly value: Ref;
  readonly gradient: Ref;
  readonly decayed: boolean;
  /** Handle of one of its slots. */
  slot(name: string): Ref;
}

/** Records the update; the result is the op to wait for. */
export function emitUpdate(g: GraphWriter, spec: OptimizerSpec, update: Update, learningRate: Ref): Ref {
  const { handle, value, decayed } = update;
  const decay = decayed && spec.weightDecay > 0;
  const gradient = decay
    ? g.op('AddV2', [update.gradient, g.op('Mul', [value, g.float(spec.weightDecay)])])
    : update.gradient;
  switch (spec.name) {
    case 'sgd':
      return g.op(
        'ResourceApplyMomentum',
        [handle, update.slot('momentum'), learningRate, gradient, g.float(spec.momentum)],
        { ...T, use_nesterov: attr.bool(spec.nesterov) },
      );
  }
}
