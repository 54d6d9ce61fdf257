/** Depthwise and pointwise convolution (MobileNetV1, Howard et al., arXiv 1704.04861): no skip connection. */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';
import { activationText, normText, paddingText } from '../texts.js';
import { depthwiseUnit, pointwiseUnit } from '../units.js';

const schema = z
  .strictObject({
    op: z.literal('depthwise-separable').describe('The kind of block: depthwise, then 1x1 convolution.'),
    kernel: kernelSchema.default(3).describe(`Height and width of the depthwise kernel. ${paddingText}`),
    activation: activationSchema
      .default('relu')
      .describe(`After each of the two batch norms. ${activationText}`),
    stride: strideSchema.default(1).describe('Stride of the depthwise convolution.'),
    out: positive.describe('Output channels. There is no residual.'),
  })
  .describe(
    `Depthwise convolution, batch norm, activation, 1x1 convolution, batch norm, activation; no biases; each is ${normText}. Weights: depthwise.kernel [height, width, channels, 1], depthwise.bn, pointwise.kernel [1, 1, input, output], pointwise.bn.`,
  );

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
