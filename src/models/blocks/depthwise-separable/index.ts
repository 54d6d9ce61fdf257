/** Depthwise and pointwise convolution (MobileNetV1, Howard et al., arXiv 1704.04861): no skip connection. */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';
import { depthwiseUnit, pointwiseUnit } from '../units.js';

const schema = z.strictObject({
  op: z.literal('depthwise-separable'),
  kernel: kernelSchema.default(3),
  activation: activationSchema.default('relu'),
  stride: strideSchema.default(1),
  out: positive,
});

export const depthwiseSeparable = {
  op: 'depthwise-separable',
  schema,
  lower({ g, name }, block, from) {
    const x = depthwiseUnit(g, `${name}.depthwise`, from, block, block.activation);
    return pointwiseUnit(g, `${name}.pointwise`, x, block.out, block.activation);
  },
  outChannels: ({ out }) => out,
  describe: ({ kernel, activation }) => ({ kernels: [kernel], activation }),
} satisfies BlockKind<DeepReadonly<z.output<typeof schema>>>;
