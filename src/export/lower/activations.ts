/** Activations in ops that every runtime has. */
import { unreachable } from '../../base/index.js';
import type { ActivationOp } from '../../models/index.js';
import type { Layer, LoweredBuilder } from './builder.js';
import type { LowerOptions } from './options.js';

/** Appends an activation that could not be fused, on the value `x`. */
export function lowerActivation(
  b: LoweredBuilder,
  layer: Layer,
  activation: ActivationOp['activation'],
  x: number,
  { hardSwish }: Pick<LowerOptions, 'hardSwish'>,
): number {
  const number = (role: string, value: number) => b.constant(layer, role, [1], Float32Array.of(value));
  /** relu6(x + 3). */
  const ramp = () => b.binary(layer, 'add', [x, number('three', 3)], { step: 'ramp', fused: 'relu6' });
  switch (activation) {
    case 'relu':
    case 'relu6':
      return b.unary(layer, activation, x);
    case 'sigmoid':
      return b.unary(layer, 'logistic', x);
    case 'swish':
      return b.binary(layer, 'multiply', [x, b.unary(layer, 'logistic', x, 'logistic')]);
    case 'hsigmoid':
      return b.binary(layer, 'multiply', [ramp(), number('sixth', 1 / 6)]);
    case 'hswish': {
      if (hardSwish === 'native') return b.unary(layer, 'hardSwish', x);
      const gate = b.binary(layer, 'multiply', [ramp(), number('sixth', 1 / 6)], { step: 'gate' });
      return b.binary(layer, 'multiply', [x, gate]);
    }
    default:
      return unreachable(activation);
  }
}
