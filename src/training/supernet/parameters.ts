/** The variables of a supernet while it is recorded. */
import { createRandom } from '../../base/index.js';
import { type Weights, sizeOf } from '../network/variables.js';

/** How a variable starts. */
export type Start =
  | { readonly kind: 'zeros' | 'ones' }
  /** Normal with this standard deviation. */
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  /** An identity matrix. */
  | { readonly kind: 'identity' };

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Start;
  /** Changed by the optimizer; running statistics are not. */
  readonly trainable: boolean;
  readonly decayed: boolean;
}

/** Initial values; each depends on the seed and its own name alone. */
export function startValues(parameters: readonly Parameter[], seed: string | number): Weights {
  const random = createRandom(seed).fork('supernet');
  return new Map(
    parameters.map(({ name, shape, start }) => {
      const data = new Float32Array(sizeOf(shape));
      const stream = random.fork(name);
      if (start.kind === 'ones') data.fill(1);
      else if (start.kind === 'identity') {
        const [rows] = shape as [number, number];
        for (let i = 0; i < rows; i++) data[i * rows + i] = 1;
      } else if (start.kind === 'normal') {
        for (let i = 0; i < data.length; i++) data[i] = start.deviation * stream.normal();
      } else if (start.kind === 'uniform') {
        for (let i = 0; i < data.length; i++) data[i] = start.bound * (2 * stream.next() - 1);
      }
      return [name, { shape, data }];
    }),
  );
}
