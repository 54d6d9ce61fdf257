/**
 * The fused inverted bottleneck of EfficientNet-EdgeTPU and MobileNetV4 (Qin et al., arXiv 2404.10518): a full
 * convolution expands, in the place of a 1x1 and a depthwise one; then project 1x1.
 */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind, BlockSite } from '../kind.js';
import { roundChannels } from '../rounding.js';
import { pointwiseUnit } from '../units.js';

const schema = z.strictObject({
  op: z.literal('fused-inverted-residual'),
  /** Of the convolution that expands; it has the stride. */
  kernel: kernelSchema.default(3),
  /** Expanded channels / input channels; the product is rounded to a multiple of 8. */
  expansion: z.number().min(1).max(12),
  activation: activationSchema.default('relu'),
  stride: strideSchema.default(1),
  /** Output channels. A skip connection is added when stride is 1 and `out` equals the input. */
  out: positive,
});

type FusedBlock = DeepReadonly<z.output<typeof schema>>;

function lower({ g, name }: BlockSite, block: FusedBlock, from: number): number {
  const { kernel, expansion, activation, stride, out } = block;
  const input = g.channels(from);
  const wide = g.conv(`${name}.expand`, from, roundChannels(input * expansion), { kernel, stride });
  const expanded = g.activation(`${name}.expand.act`, g.batchNorm(`${name}.expand.bn`, wide), activation);
  const x = pointwiseUnit(g, `${name}.project`, expanded, out, 'linear');
  return stride === 1 && out === input ? g.add(`${name}.add`, x, from) : x;
}

export const fusedInvertedResidual = {
  op: 'fused-inverted-residual',
  schema,
  lower,
  outChannels: ({ out }) => out,
  describe: ({ kernel, expansion, activation }) => ({ kernels: [kernel], expansion, activation }),
} satisfies BlockKind<FusedBlock>;
