/** One optimizer step in portable ops; the same arithmetic as TensorFlow's update ops. */
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../../runtime/index.js';
import type { OptimizerSpec } from '../optimizer.js';

/** A variable about to be updated. */
export interface PortableUpdate {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly decayed: boolean;
  readonly learningRate: number;
  /** Steps done, this one among them. */
  readonly step: number;
  slot(name: string): Variable;
}

/** Updates the variable and its slots. Call inside a tidy. */
export function applyUpdate(tf: Tf, spec: OptimizerSpec, update: PortableUpdate): void {
  const { variable, decayed, learningRate } = update;
  const decay = decayed && spec.weightDecay > 0;
  const joins = decay && spec.name !== 'adamw';
  const gradient = joins ? tf.add(update.gradient, tf.mul(variable, spec.weightDecay)) : update.gradient;
  switch (spec.name) {
    case 'sgd': {
      const velocity = update.slot('momentum');
      velocity.assign(tf.add(tf.mul(velocity, spec.momentum), gradient));
      const direction = spec.nesterov ? tf.add(gradient, tf.mul(velocity, spec.momentum)) : velocity;
      variable.assign(tf.sub(variable, tf.mul(direction, learningRate)));
      return;
    }
    case 'rmsprop': {
      const [square, velocity] = [update.slot('meanSquare'), update.slot('momentum')];
      square.assign(tf.add(tf.mul(square, spec.decay), tf.mul(tf.square(gradient), 1 - spec.decay)));
      const step = tf.mul(gradient, tf.mul(tf.rsqrt(tf.add(square, spec.epsilon)), learningRate));
      velocity.assign(tf.add(tf.mul(velocity, spec.momentum), step));
      variable.assign(tf.sub(variable, velocity));
      return;
    }
    case 'adamw': {
      if (decay) variable.assign(tf.sub(variable, tf.mul(variable, learningRate * spec.weightDecay)));
      const [mean, square] = [update.slot('mean'), update.slot('meanSquare')];
      mean.assign(tf.add(tf.mul(mean, spec.beta1), tf.mul(gradient, 1 - spec.beta1)));
      square.assign(tf.add(tf.mul(square, spec.beta2), tf.mul(tf.square(gradient), 1 - spec.beta2)));
      const corrected = Math.sqrt(1 - spec.beta2 ** update.step) / (1 - spec.beta1 ** update.step);
      const step = tf.div(tf.mul(mean, learningRate * corrected), tf.add(tf.sqrt(square), spec.epsilon));
      variable.assign(tf.sub(variable, step));
    }
  }
}
