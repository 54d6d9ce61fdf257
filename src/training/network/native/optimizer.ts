/** One optimizer step, recorded with TensorFlow's fused update ops: one op a variable. */
import { InternalError } from '../../../base/index.js';
import type { OptimizerSpec } from '../optimizer.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';

/** A variable about to be updated. */
export interface Update {
  /** Resource handle and value. */
  readonly handle: Ref;
  readonly value: Ref;
  readonly gradient: Ref;
  readonly decayed: boolean;
  /** Multiplies the learning rate; default 1. */
  readonly rate?: number;
  /** Handle of one of its slots. */
  slot(name: string): Ref;
}

/** Scalars that are fed at each step. */
export interface UpdateFeeds {
  readonly learningRate: Ref;
  /** Adam's: its two betas to the power of the steps done, this one among them. */
  readonly powers?: readonly [Ref, Ref] | undefined;
}

/** Records the update; the result is the op to wait for. */
export function emitUpdate(g: GraphWriter, spec: OptimizerSpec, update: Update, feeds: UpdateFeeds): Ref {
  const { handle, value, decayed, rate = 1 } = update;
  const learningRate = rate === 1 ? feeds.learningRate : g.op('Mul', [feeds.learningRate, g.float(rate)]);
  const decay = decayed && spec.weightDecay > 0;
  const gradient =
    decay && spec.name !== 'adamw'
      ? g.op('AddV2', [update.gradient, g.op('Mul', [value, g.float(spec.weightDecay)])])
      : update.gradient;
  switch (spec.name) {
    case 'sgd':
      return g.op(
        'ResourceApplyMomentum',
        [handle, update.slot('momentum'), learningRate, gradient, g.float(spec.momentum)],
        { ...T, use_nesterov: attr.bool(spec.nesterov) },
      );
    case 'rmsprop': {
      const slots = [update.slot('meanSquare'), update.slot('momentum')];
      const numbers = [spec.decay, spec.momentum, spec.epsilon].map((value) => g.float(value));
      return g.op('ResourceApplyRMSProp', [handle, ...slots, learningRate, ...numbers, gradient], T);
    }
    case 'adamw': {
      const before: Ref[] = [];
      if (decay) {
        const shrink = g.op('Mul', [value, g.op('Mul', [learningRate, g.float(spec.weightDecay)])]);
        before.push(g.op('AssignSubVariableOp', [handle, shrink], { dtype: attr.type('float') }));
      }
      const slots = [update.slot('mean'), update.slot('meanSquare')];
      const numbers = [spec.beta1, spec.beta2, spec.epsilon].map((number) => g.float(number));
      if (!feeds.powers) throw new InternalError('adamw without the powers of its betas');
      const inputs = [handle, ...slots, ...feeds.powers, learningRate, ...numbers, gradient];
      return g.op('ResourceApplyAdam', inputs, T, before);
    }
  }
}
