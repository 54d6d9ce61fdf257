/** A plain convolution with batch norm and activation, as MobileNetV4 has between its stem and its bottlenecks. */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind } from '../kind.js';

const schema = z.strictObject({
  op: z.literal('convolution'),
  kernel: kernelSchema.default(3),
  activation: activationSchema.default('relu'),
  stride: strideSchema.default(1),
  /** Output channels. There is no skip connection. */
  out: positive,
});

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
