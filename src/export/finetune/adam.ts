/** Adam (Kingma and Ba 2015, arXiv 1412.6980), each variable with a rate of its own. */
import type { NamedTensorMap, Variable } from '@tensorflow/tfjs';
import type { Runtime } from '../../training/index.js';

type Tf = Runtime['tf'];

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

interface Slot {
  readonly variable: Variable;
  readonly rate: number;
  readonly mean: Variable;
  readonly square: Variable;
}

/** Owns two tensors for each variable until `dispose`. */
export class Adam {
  readonly #tf: Tf;
  readonly #slots: Slot[] = [];
  #steps = 0;

  constructor(tf: Tf) {
    this.#tf = tf;
  }

  /** @param rate the largest change of a step, about. */
  add(variable: Variable, rate: number): void {
    const zeros = () => this.#tf.tidy(() => this.#tf.variable(this.#tf.zerosLike(variable), false));
    this.#slots.push({ variable, rate, mean: zeros(), square: zeros() });
  }

  /** @param share of each variable's rate. */
  step(gradients: NamedTensorMap, share: number): void {
    const tf = this.#tf;
    this.#steps++;
    const [first, second] = [1 - beta1 ** this.#steps, 1 - beta2 ** this.#steps];
    tf.tidy(() => {
      for (const { variable, rate, mean, square } of this.#slots) {
        const gradient = gradients[variable.name];
        if (!gradient) continue;
        mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
        square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const size = tf.add(tf.sqrt(tf.div(square, second)), epsilon);
        variable.assign(tf.sub(variable, tf.mul(tf.div(tf.div(mean, first), size), share * rate)));
      }
    });
  }

  dispose(): void {
    for (const { mean, square } of this.#slots) {
      mean.dispose();
      square.dispose();
    }
  }
}
