/**
 * MixNet's inverted residual (Tan and Le, "MixConv: Mixed Depthwise Convolutional Kernels", BMVC 2019, arXiv
 * 1907.09595): expand 1x1, mixed depthwise, squeeze-and-excitation, project 1x1.
 */
import { z } from 'zod';
import { gateSlack } from '../../graph.js';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';
import { activationText, hardSqueezeText, normText, paddingText, residualText, roundText } from '../texts.js';

export const gateSchema = z.enum(['none', 'soft', 'hard']);
export const seStyleSchema = z.enum(['mixnet', 'mobilenet-v3']);

/** Of a hard gate that gives none: a group is skipped below half of its even weight. */
export const defaultThreshold = 0.5;

/** The largest multiple that borders between groups may be moved to. */
export const mostAlign = 256;

/** How channels divide among a MixConv's groups: see `splitChannels`. */
const split = z.union([z.literal('equal'), z.literal('exponential'), z.array(z.number().positive()).min(1)]);

/** An inverted residual in an architecture file. */
export const mixBlockSchema = z
  .strictObject({
    op: z
      .literal('inverted-residual')
      .describe("The kind of block: MixNet's inverted residual with a mixed depthwise convolution."),
    kernels: z
      .array(kernelSchema)
      .min(1)
      .max(8)
      .describe(
        `Height and width of the depthwise kernel of each group of the expanded channels, in the order of the channels. ${paddingText}`,
      ),
    dilations: z
      .array(positive.max(8))
      .optional()
      .describe(
        'Dilation of each group: the distance of neighbouring taps in pixels; as long as `kernels`, default 1 everywhere. Above 1 only where `stride` is 1.',
      ),
    split: split
      .default('equal')
      .describe(
        'How the expanded channels divide among the groups. Group i gets floor(channels x share_i / sum of shares), at least 1; what is left over goes to the first group, what is too many is taken from the largest (the first of equals), one by one. Shares: `equal` 1 each; `exponential` 1, 1/2, 1/4, ... with the last two the same; or a list of them.',
      ),
    align: positive
      .max(mostAlign)
      .optional()
      .describe(
        'Channels that borders between groups are multiples of: border i (the sum of the first i groups as `split` gives them) moves to floor(border / align + 0.5) x align, but each group keeps at least `align` channels: not below the border before it plus `align`, not above (floor(channels / align) - groups behind it) x align. The last group has what is left. Where floor(channels / align) is below the number of groups, and by default, borders stay.',
      ),
    gate: gateSchema
      .default('none')
      .describe(
        'Attention over the G groups, read from the expanded channels: a = softmax(dense(activation(batch norm(1x1 convolution without bias(mean over height and width))))), with max(16, floor(input channels / 4)) hidden units. Behind the depthwise batch norm and activation, channels of group g are multiplied by G x a_g. `hard` first sets a_g to 0 where G x a_g is below the threshold, so that the group need not be computed; the others are not scaled up. `none`, and any gate with one kernel: nothing of this.',
      ),
    gateThreshold: z
      .union([z.number().gt(0).max(1), z.literal('learned')])
      .optional()
      .describe(
        `Of a hard gate: group g is skipped where G x a_g < threshold - ${gateSlack}; default ${defaultThreshold}. \`learned\`: the sigmoid of the weight gate.hard.threshold [1].`,
      ),
    gateWeights: z
      .enum(['softmax', 'sigmoid'])
      .optional()
      .describe(
        'How a gate weighs its groups: `softmax` (default), by which they compete; `sigmoid`, each by itself: a = sigmoid(dense(...)).',
      ),
    expansion: z
      .number()
      .min(1)
      .max(12)
      .describe(
        'Expanded channels / input channels; the product is rounded, halves up. At 1 there is no expanding convolution, nor its batch norm and activation.',
      ),
    expandGroups: positive
      .default(1)
      .describe(
        'Groups of the 1x1 convolution that expands: group i reads the i-th part of the channels and makes the i-th part of the output.',
      ),
    projectGroups: positive.default(1).describe('The same of the 1x1 convolution that projects.'),
    seRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'Squeezed channels of squeeze-and-excitation / channels that `seStyle` names; 0: none. It is computed from what the projection would read: mean over height and width, 1x1 convolution with bias, activation, 1x1 convolution with bias, sigmoid, product by channel.',
      ),
    seStyle: seStyleSchema
      .optional()
      .describe(
        `\`mixnet\` (default): max(1, floor(input channels x seRatio)) squeezed channels, the activation of the block, a sigmoid. \`mobilenet-v3\`: expanded channels x seRatio, ${roundText(8)}; ${hardSqueezeText}.`,
      ),
    activation: activationSchema
      .default('relu')
      .describe(
        `After the expansion and after the depthwise convolution; the projection has none. ${activationText}`,
      ),
    stride: strideSchema.default(1).describe('Stride of the depthwise convolutions.'),
    out: positive.describe(residualText),
  })
  .refine((b) => b.dilations === undefined || b.dilations.length === b.kernels.length, {
    message: 'has one entry for each of `kernels`',
    path: ['dilations'],
  })
  .refine((b) => b.stride === 1 || (b.dilations ?? []).every((d) => d === 1), {
    message: 'dilation needs stride 1',
    path: ['dilations'],
  })
  .refine((b) => !Array.isArray(b.split) || b.split.length === b.kernels.length, {
    message: 'has one ratio for each of `kernels`',
    path: ['split'],
  })
  .describe(
    `1x1 convolution that expands, batch norm, activation; a depthwise convolution for each group of channels (slice, convolution, concatenation in the order of the groups); batch norm, activation; gate; squeeze-and-excitation; 1x1 convolution that projects, batch norm; residual. No biases but in gate and squeeze-and-excitation; each is ${normText}. Weights: expand.kernel [1, 1, input / expandGroups, output], depthwise.i.kernel [height, width, channels of group i, 1], project.kernel [1, 1, input / projectGroups, output]; norms expand.bn, depthwise.bn (over all groups), project.bn.`,
  );

/** The block of MixNets, with every default filled in. */
export type MixBlock = DeepReadonly<z.output<typeof mixBlockSchema>>;

/** Depthwise dilation of each group of a block. */
export function dilationsOf(block: MixBlock): readonly number[] {
  return block.dilations ?? block.kernels.map(() => 1);
}

/**
 * The plainest way to write the same block: fields that make no difference (the split of one or two
 * groups, which is always equal; the gate of one; the groups of a convolution that is not there; how nothing is
 * squeezed, what borders are multiples of where there are none) at their defaults, and dilations only where there are any.
 */
export function plainMixBlock(block: MixBlock): MixBlock {
  const { dilations: _, gateThreshold = defaultThreshold, gateWeights, ...others } = block;
  const { seStyle = 'mixnet', align = 1, ...rest } = others;
  const dilated = dilationsOf(block).some((dilation) => dilation > 1);
  const gate = block.kernels.length === 1 ? 'none' : block.gate;
  return {
    ...rest,
    ...(dilated && { dilations: dilationsOf(block) }),
    split: block.split === 'exponential' && block.kernels.length <= 2 ? 'equal' : block.split,
    ...(align > 1 && block.kernels.length > 1 && { align }),
    gate,
    ...(gate !== 'none' && gateWeights === 'sigmoid' && { gateWeights }),
    ...(gate === 'hard' && gateThreshold !== defaultThreshold && { gateThreshold }),
    expandGroups: block.expansion === 1 ? 1 : block.expandGroups,
    ...(block.seRatio > 0 && seStyle !== 'mixnet' && { seStyle }),
  };
}
