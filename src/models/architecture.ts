/**
 * An architecture as plain data: what a search proposes, what files hold, and all that lowering needs.
 *
 * The block is MixNet's inverted residual (Tan and Le, "MixConv: Mixed Depthwise Convolutional Kernels",
 * BMVC 2019, arXiv 1907.09595): expand 1x1, mixed depthwise, squeeze-and-excitation, project 1x1.
 */
import { z } from 'zod';
import { canonicalJson, parseWith, shortHash } from '../base/index.js';

/** Non-linearities; `linear` is none. `swish` is x * sigmoid(x), `hswish` is x * relu6(x + 3) / 6. */
export const activations = ['linear', 'relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid'] as const;
export type Activation = (typeof activations)[number];

const positive = z.number().int().positive();
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

/** The kinds of block, told apart by `op`; lowering has one function for each. */
const block = z.discriminatedUnion('op', [invertedResidual]);

const architecture = z.strictObject({
  name: z.string().min(1).optional(),
  /** Input height and width in pixels, unless lowering is asked for another. */
  resolution: positive,
  classes: positive,
  /** Channels of the input image. */
  inputChannels: positive.default(3),
  stem: z.strictObject({
    out: positive,
    kernel: kernelSchema.default(3),
    stride: strideSchema.default(2),
    activation: activationSchema.default('relu'),
  }),
  blocks: z.array(block).min(1).max(128),
  /** 1x1 convolution to `out` channels (0: none), global average, dense to the classes. */
  head: z.strictObject({
    out: z.number().int().min(0),
    activation: activationSchema.default('relu'),
    /** Share of the pooled features dropped in training. */
    dropout: z.number().min(0).max(0.9).default(0),
  }),
});

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** One block, with every default filled in. */
export type Block = DeepReadonly<z.output<typeof block>>;
/** An architecture, with every default filled in. */
export type Architecture = DeepReadonly<z.output<typeof architecture>>;
/** An architecture as a person may write it: defaults left out. */
export type ArchitectureInput = z.input<typeof architecture>;

/** The zod schema of an architecture file. */
export const architectureSchema = architecture;

/**
 * Parses untrusted data into an architecture.
 * @param what where it came from (a path), for the message.
 * @throws MixnasError `bad-config` that names the field.
 */
export function parseArchitecture(value: unknown, what = 'architecture'): Architecture {
  return parseWith(architecture, value, what, 'bad-config');
}

/** Depthwise dilation of each group of a block. */
export function dilationsOf(block: Block): readonly number[] {
  return block.dilations ?? block.kernels.map(() => 1);
}

/**
 * The plainest way to write the same block: fields that make no difference (the split of one or two
 * groups, which is always equal; the gate of one; the groups of a convolution that is not there) at their
 * defaults, and dilations only where there are any.
 */
export function plainBlock(block: Block): Block {
  const { dilations: _, ...rest } = block;
  const dilated = dilationsOf(block).some((dilation) => dilation > 1);
  return {
    ...rest,
    ...(dilated && { dilations: dilationsOf(block) }),
    split: block.split === 'exponential' && block.kernels.length <= 2 ? 'equal' : block.split,
    gate: block.kernels.length === 1 ? 'none' : block.gate,
    expandGroups: block.expansion === 1 ? 1 : block.expandGroups,
  };
}

/** The plainest way to write the same architecture, without its name: see `plainBlock`. */
export function plainArchitecture(architecture: Architecture): Architecture {
  const { name: _, head, blocks, ...rest } = architecture;
  return {
    ...rest,
    blocks: blocks.map(plainBlock),
    head: { ...head, activation: head.out === 0 ? 'relu' : head.activation },
  };
}

/** A stable name for an architecture's structure: 16 hex digits; `name` makes no difference. */
export function architectureHash(arch: Architecture): string {
  return shortHash(canonicalJson(plainArchitecture(arch)));
}
