/**
 * Blocks as plain data. The main one is MixNet's inverted residual (Tan and Le, "MixConv: Mixed Depthwise
 * Convolutional Kernels", BMVC 2019, arXiv 1907.09595): expand 1x1, mixed depthwise, squeeze-and-excitation,
 * project 1x1. The others are those of the reference models that are not made of it.
 */
import { z } from 'zod';

/** Non-linearities; `linear` is none. `swish` is x * sigmoid(x), `hswish` is x * relu6(x + 3) / 6. */
export const activations = ['linear', 'relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid'] as const;
export type Activation = (typeof activations)[number];

export const positive = z.number().int().positive();
export const kernelSchema = z
  .number()
  .int()
  .min(1)
  .max(11)
  .refine((k) => k % 2 === 1, { message: 'kernel sizes are odd numbers from 1 to 11' });
export const activationSchema = z.enum(activations);
export const gateSchema = z.enum(['none', 'soft', 'hard']);
export const strideSchema = z.union([z.literal(1), z.literal(2)]);

/** How channels divide among a MixConv's groups: see `splitChannels`. */
const split = z.union([z.literal('equal'), z.literal('exponential'), z.array(z.number().positive()).min(1)]);

const invertedResidual = z
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
    /** Squeezed channels / *input* channels of the block; 0 means no squeeze-and-excitation. */
    seRatio: z.number().min(0).max(1).default(0),
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

/** Depthwise and pointwise convolution (MobileNetV1, Howard et al., arXiv 1704.04861): no skip connection. */
const depthwiseSeparable = z.strictObject({
  op: z.literal('depthwise-separable'),
  kernel: kernelSchema.default(3),
  activation: activationSchema.default('relu'),
  stride: strideSchema.default(1),
  out: positive,
});

/**
 * The units of ShuffleNetV2 (Ma et al., arXiv 1807.11164, figure 3 c and d). Where stride is 1 and the
 * channels stay, half of them pass and half go through 1x1, depthwise, 1x1; else both halves are made of
 * all channels. Then the halves are interleaved.
 */
const shuffleUnit = z.strictObject({
  op: z.literal('shuffle'),
  kernel: kernelSchema.default(3),
  activation: activationSchema.default('relu'),
  stride: strideSchema.default(1),
  /** Output channels, even. */
  out: positive.refine((n) => n % 2 === 0, { message: 'is even: both halves get as many channels' }),
});

/** Maximum over a window, SAME padding. */
const maxPool = z.strictObject({
  op: z.literal('max-pool'),
  kernel: kernelSchema.default(3),
  stride: strideSchema.default(2),
});

/**
 * MobileViT's block (Mehta and Rastegari, arXiv 2110.02178, figure 1b): local convolution, a transformer
 * between the pixels that lie at the same place of each patch, and fusion with the input. The channels stay.
 */
const mobileVit = z
  .strictObject({
    op: z.literal('mobile-vit'),
    /** Window of the first and of the last convolution. */
    kernel: kernelSchema.default(3),
    /** Channels of the transformer; a multiple of `heads`. */
    dim: positive,
    /** Transformer layers. */
    depth: positive.max(32),
    heads: positive.default(4),
    /** Hidden channels of a transformer layer's perceptron / `dim`. */
    mlpRatio: z.number().positive().max(16).default(2),
    /** Side of a patch in pixels. */
    patch: positive.max(16).default(2),
    activation: activationSchema.default('swish'),
    stride: z.literal(1).default(1),
  })
  .refine((b) => b.dim % b.heads === 0, { message: 'is a multiple of `heads`', path: ['dim'] });

/** The kinds of block, told apart by `op`; lowering has one function for each. */
export const blockSchema = z.discriminatedUnion('op', [
  invertedResidual,
  depthwiseSeparable,
  shuffleUnit,
  maxPool,
  mobileVit,
]);

export type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** One block, with every default filled in. */
export type Block = DeepReadonly<z.output<typeof blockSchema>>;
/** One kind of block. */
export type BlockOf<Kind extends Block['op']> = Extract<Block, { readonly op: Kind }>;
/** The block that search spaces are made of. */
export type MixBlock = BlockOf<'inverted-residual'>;

/** Depthwise dilation of each group of a block. */
export function dilationsOf(block: MixBlock): readonly number[] {
  return block.dilations ?? block.kernels.map(() => 1);
}

/** Channels that come out of a block that `input` channels go into. */
export function outChannels(block: Block, input: number): number {
  return block.op === 'max-pool' || block.op === 'mobile-vit' ? input : block.out;
}

/**
 * The plainest way to write the same block: fields that make no difference (the split of one or two
 * groups, which is always equal; the gate of one; the groups of a convolution that is not there) at their
 * defaults, and dilations only where there are any.
 */
export function plainBlock(block: Block): Block {
  if (block.op !== 'inverted-residual') return block;
  const { dilations: _, gateThreshold = 0.5, ...rest } = block;
  const dilated = dilationsOf(block).some((dilation) => dilation > 1);
  const gate = block.kernels.length === 1 ? 'none' : block.gate;
  return {
    ...rest,
    ...(dilated && { dilations: dilationsOf(block) }),
    split: block.split === 'exponential' && block.kernels.length <= 2 ? 'equal' : block.split,
    gate,
    ...(gate === 'hard' && gateThreshold !== 0.5 && { gateThreshold }),
    expandGroups: block.expansion === 1 ? 1 : block.expandGroups,
  };
}
