/**
 * MixNet's inverted residual (Tan and Le, "MixConv: Mixed Depthwise Convolutional Kernels", BMVC 2019, arXiv
 * 1907.09595): expand 1x1, mixed depthwise, squeeze-and-excitation, project 1x1.
 */
import { z } from 'zod';
import { type DeepReadonly, activationSchema, kernelSchema, positive, strideSchema } from '../fields.js';

export const gateSchema = z.enum(['none', 'soft', 'hard']);
export const seStyleSchema = z.enum(['mixnet', 'mobilenet-v3']);

/** How channels divide among a MixConv's groups: see `splitChannels`. */
const split = z.union([z.literal('equal'), z.literal('exponential'), z.array(z.number().positive()).min(1)]);

/** An inverted residual in an architecture file. */
export const mixBlockSchema = z
  .strictObject({
    op: z.literal('inverted-residual'),
    /** Depthwise kernel size of each group of channels. */
    kernels: z.array(kernelSchema).min(1).max(8),
    /** Dilation of each group; as long as `kernels`. Default: 1 everywhere. */
    dilations: z.array(positive.max(8)).optional(),
    split: split.default('equal'),
    /** Attention over the groups: `soft` weighs them, `hard` may also skip them at run time. */
    gate: gateSchema.default('none'),
    /**
     * Of a hard gate: the share of its even weight below which a group is skipped, G * a_g < threshold;
     * default 0.5. `learned`: trained with the weights.
     */
    gateThreshold: z.union([z.number().gt(0).max(1), z.literal('learned')]).optional(),
    /** Expanded channels / input channels; 1 means no expand convolution. */
    expansion: z.number().min(1).max(12),
    /** Groups of the 1x1 expand and project convolutions. */
    expandGroups: positive.default(1),
    projectGroups: positive.default(1),
    /** Squeezed channels / channels that `seStyle` names; 0 means no squeeze-and-excitation. */
    seRatio: z.number().min(0).max(1).default(0),
    /**
     * `mixnet` (default): the ratio is of the block's *input*, rounded down; the block's activation inside, a
     * sigmoid at the gate. `mobilenet-v3`: of the *expanded* channels, rounded to a multiple of 8; ReLU inside, a
     * hard sigmoid at the gate.
     */
    seStyle: seStyleSchema.optional(),
    activation: activationSchema.default('relu'),
    stride: strideSchema.default(1),
    /** Output channels. A skip connection is added when stride is 1 and `out` equals the input. */
    out: positive,
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
  });

/** The block of MixNets, with every default filled in. */
export type MixBlock = DeepReadonly<z.output<typeof mixBlockSchema>>;

/** Depthwise dilation of each group of a block. */
export function dilationsOf(block: MixBlock): readonly number[] {
  return block.dilations ?? block.kernels.map(() => 1);
}

/**
 * The plainest way to write the same block: fields that make no difference (the split of one or two
 * groups, which is always equal; the gate of one; the groups of a convolution that is not there; how nothing is
 * squeezed) at their defaults, and dilations only where there are any.
 */
export function plainMixBlock(block: MixBlock): MixBlock {
  const { dilations: _, gateThreshold = 0.5, seStyle = 'mixnet', ...rest } = block;
  const dilated = dilationsOf(block).some((dilation) => dilation > 1);
  const gate = block.kernels.length === 1 ? 'none' : block.gate;
  return {
    ...rest,
    ...(dilated && { dilations: dilationsOf(block) }),
    split: block.split === 'exponential' && block.kernels.length <= 2 ? 'equal' : block.split,
    gate,
    ...(gate === 'hard' && gateThreshold !== 0.5 && { gateThreshold }),
    expandGroups: block.expansion === 1 ? 1 : block.expandGroups,
    ...(block.seRatio > 0 && seStyle !== 'mixnet' && { seStyle }),
  };
}
