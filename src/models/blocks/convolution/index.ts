/** A plain convolution with batch norm and activation, as MobileNetV4 has between its stem and its bottlenecks. */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';
import { activationText, normText, paddingText } from '../texts.js';

const schema = z
  .strictObject({
    op: z.literal('convolution').describe('The kind of block: a plain convolution.'),
    kernel: kernelSchema.default(3).describe(`Height and width of the convolution kernel. ${paddingText}`),
    activation: activationSchema.default('relu').describe(`After batch norm. ${activationText}`),
    stride: strideSchema.default(1).describe('Stride of the convolution.'),
    out: positive.describe('Output channels. There is no residual.'),
  })
  .describe(
    `Convolution without bias, ${normText}, activation. Weights: conv.kernel [height, width, input, output], conv.bn.`,
  );

export const convolution = {
  op: 'convolution',
  schema,
  lower({ g, name }, { kernel, stride, out, activation }, from) {
    const x = g.batchNorm(`${name}.conv.bn`, g.conv(`${name}.conv`, from, out, { kernel, stride }));
    return g.activation(`${name}.conv.act`, x, activation);
  },
  outChannels: ({ out }) => out,
  describe: ({ kernel, activation }) => ({ kernels: [kernel], activation }),
} satisfies BlockKind<DeepReadonly<z.output<typeof schema>>>;
