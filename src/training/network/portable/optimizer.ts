/** One optimizer step in portable ops; the same arithmetic as TensorFlow's update kernels. */
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../../runtime/index.js';
import type { OptimizerSpec } from '../optimizer.js';

/** A variable about to be updated. */
export interface PortableUpdate {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly decayed: boolean;
  readonly learningRate: number;
  slot(name: string): Variable;
}

/** Updates the variable and its slots. Call inside a tidy. */
export function applyUpdate(tf: Tf, spec: OptimizerSpec, update: PortableUpdate): void {
  const { variable, decayed, learningRate } = update;
  const decay = decayed && spec.weightDecay > 0;
  const gradient = decay ? tf.add(update.gradient, tf.mul(variable, spec.weightDecay)) : update.gradient;
  switch (spec.name) {
    case 'sgd': {
      const velocity = update.slot('momentum');
      velocity.assign(tf.add(tf.mul(velocity, spec.momentum), gradient));
      const direction = spec.nesterov ? tf.add(gradient, tf.mul(velocity, spec.momentum)) : velocity;
      variable.assign(tf.sub(variable, tf.mul(direction, learningRate)));
    }
  }
}
