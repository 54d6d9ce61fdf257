/**
 * The fused inverted bottleneck of EfficientNet-EdgeTPU and MobileNetV4 (Qin et al., arXiv 2404.10518): a full
 * convolution expands, in the place of a 1x1 and a depthwise one; then project 1x1.
 */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import type { BlockKind, BlockSite } from '../kind.js';
import { roundChannels } from '../rounding.js';
import { activationText, normText, paddingText, residualText, roundText } from '../texts.js';
import { pointwiseUnit } from '../units.js';

const schema = z
  .strictObject({
    op: z
      .literal('fused-inverted-residual')
      .describe('The kind of block: a full convolution that expands, then a 1x1 convolution that projects.'),
    kernel: kernelSchema
      .default(3)
      .describe(`Height and width of the kernel of the convolution that expands. ${paddingText}`),
    expansion: z
      .number()
      .min(1)
      .max(12)
      .describe(`Expanded channels / input channels; the product is ${roundText(8)}.`),
    activation: activationSchema
      .default('relu')
      .describe(`After the expansion; the projection has none. ${activationText}`),
    stride: strideSchema.default(1).describe('Stride of the convolution that expands.'),
    out: positive.describe(residualText),
  })
  .describe(
    `Convolution that expands, batch norm, activation, 1x1 convolution that projects, batch norm, residual; no biases; each is ${normText}. Weights: expand.kernel [height, width, input, output], expand.bn, project.kernel, project.bn.`,
  );

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
