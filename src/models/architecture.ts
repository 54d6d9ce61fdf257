/** An architecture as plain data: what a search proposes, what files hold, and all that lowering needs. */
import { z } from 'zod';
import { InternalError, canonicalJson, parseWith, shortHash } from '../base/index.js';
import {
  type DeepReadonly,
  type MixBlock,
  activationSchema,
  blockSchema,
  kernelSchema,
  plainBlock,
  positive,
  strideSchema,
} from './blocks/index.js';

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
  blocks: z.array(blockSchema).min(1).max(128),
  /** 1x1 convolution to `out` channels (0: none), global average, dense to the classes. */
  head: z.strictObject({
    out: z.number().int().min(0),
    activation: activationSchema.default('relu'),
    /**
     * A layer after the global average, before the classifier, as MobileNetV3 has it: 1x1 convolution to `out`
     * features, with batch norm or with a bias, then the activation.
     */
    hidden: z
      .strictObject({
        out: positive,
        batchNorm: z.boolean().default(false),
        activation: activationSchema.default('relu'),
      })
      .optional(),
    /** Share of the pooled features dropped in training. */
    dropout: z.number().min(0).max(0.9).default(0),
  }),
});

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

/**
 * The blocks of an architecture from a search space, which are all inverted residuals.
 * @throws InternalError when one is of another kind, which only reference models and files have.
 */
export function mixBlocksOf({ blocks }: Pick<Architecture, 'blocks'>): readonly MixBlock[] {
  return blocks.map((block, i) => {
    if (block.op !== 'inverted-residual') throw new InternalError(`block ${i} is of kind ${block.op}`);
    return block;
  });
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
