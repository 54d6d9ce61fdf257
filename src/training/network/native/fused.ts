/** Records groups of ops with our own device kernels (`kernels/`), which do each group in one pass over memory. */
import { InternalError } from '../../../base/index.js';
import type { Activation, Op } from '../../../models/index.js';
import type { MixGroup, NormGroup } from './fusion.js';
import { type Ref, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';

/** As in `kernels/activation.h`. */
export const activationCodes: Readonly<Record<Activation, number>> = {
  linear: 0,
  relu: 1,
  relu6: 2,
  swish: 3,
  hswish: 4,
  sigmoid: 5,
  hsigmoid: 6,
};

/** The place of an op that its group stands for; nothing may read it. */
export const innerLayer: Layer = {
  get output(): Ref {
    throw new InternalError('an op inside a fused group was read');
  },
  backward: () => {},
};

/** Batch normalisation by the batch's own statistics, and the activation after it. */
export function fusedNorm(s: Surroundings, { norm, activation, source }: NormGroup, x: Ref): Layer {
  const { g } = s;
  const attributes = {
    activation: attr.int(activationCodes[activation?.activation ?? 'linear']),
    epsilon: attr.float(norm.epsilon),
  };
  const parameters = [s.variable(`${norm.name}.gamma`), s.variable(`${norm.name}.beta`)];
  const y = g.op('MixnasNorm', [x, ...parameters], attributes);
  s.statistics(`${norm.name}.mean`, g.output(y, 1));
  s.statistics(`${norm.name}.variance`, g.output(y, 3));
  return {
    output: y,
    backward(dy, into) {
      const inputs = [dy, x, ...parameters, g.output(y, 1), g.output(y, 2)];
      const dx = g.op('MixnasNormGrad', inputs, attributes);
      into.variables.set(`${norm.name}.gamma`, g.output(dx, 1));
      into.variables.set(`${norm.name}.beta`, g.output(dx, 2));
      into.add(source, { kind: 'full', ref: dx });
    },
  };
}

/** A mixed depthwise convolution without split and concat. */
export function fusedMix(s: Surroundings, { parts, source }: MixGroup, x: Ref): Layer {
  const { g } = s;
  const attributes = {
    groups: attr.int(parts.length),
    channels: attr.ints(parts.map(({ shape }) => shape[2])),
    kernels: attr.ints(parts.map(({ kernel }) => kernel)),
    dilations: attr.ints(parts.map(({ dilation }) => dilation)),
    stride: attr.int(parts[0]?.stride ?? 1),
  };
  const kernels = parts.map(({ name }) => s.variable(`${name}.kernel`));
  return {
    output: g.op('MixnasDepthwise', [x, ...kernels], attributes),
    backward(dy, into) {
      const dx = g.op('MixnasDepthwiseGrad', [dy, x, ...kernels], attributes);
      parts.forEach(({ name }, i) => into.variables.set(`${name}.kernel`, g.output(dx, 1 + i)));
      into.add(source, { kind: 'full', ref: dx });
    },
  };
}

/** x times one factor a channel and image. */
export function fusedScale(s: Surroundings, op: Op, x: Ref, factor: Ref): Layer {
  const { g } = s;
  return {
    output: g.op('MixnasScale', [x, factor], {}),
    backward(dy, into) {
      const dx = g.op('MixnasScaleGrad', [dy, x, factor], {});
      into.add(op.inputs[0] as number, { kind: 'full', ref: dx });
      into.add(op.inputs[1] as number, { kind: 'full', ref: g.output(dx, 1) });
    },
  };
}
