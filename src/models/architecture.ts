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
  activationText,
  normText,
  paddingText,
} from './blocks/index.js';

const stem = z
  .strictObject({
    out: positive.describe('Output channels.'),
    kernel: kernelSchema.default(3).describe(`Height and width of the convolution kernel. ${paddingText}`),
    stride: strideSchema.default(2).describe('Stride of the convolution, in both directions.'),
    activation: activationSchema.default('relu').describe(`Activation after batch norm. ${activationText}`),
  })
  .describe(
    `The first layers: convolution without bias, ${normText}, activation. Its weights: stem.conv.kernel [height, width, input, output], stem.bn.gamma, .beta, .mean, .variance.`,
  );

const hidden = z
  .strictObject({
    out: positive.describe('Features that it puts out.'),
    batchNorm: z
      .boolean()
      .default(false)
      .describe(`Whether ${normText} follows the convolution, which then has no bias.`),
    activation: activationSchema.default('relu').describe(`Activation at its end. ${activationText}`),
  })
  .optional()
  .describe(
    'A layer between the global average and the classifier, as MobileNetV3 has it: 1x1 convolution, with batch norm or with a bias, then the activation. Its weights: head.hidden.kernel [1, 1, input, output].',
  );

const head = z
  .strictObject({
    out: z
      .number()
      .int()
      .min(0)
      .describe(
        `Channels of a 1x1 convolution without bias, with ${normText} and activation behind it; 0: none of the three.`,
      ),
    activation: activationSchema
      .default('relu')
      .describe(`Activation of that convolution. ${activationText}`),
    hidden,
    dropout: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe(
        'Share of the features before the classifier that is set to 0 in training, the others divided by 1 - share. At inference nothing happens.',
      ),
  })
  .describe(
    'The last layers: 1x1 convolution (see `out`), mean over height and width, `hidden` if there is one, dropout, then a dense layer with bias to the classes, whose outputs are the logits. Its weights: head.dense.kernel [features, classes] and .bias.',
  );

const architecture = z.strictObject({
  name: z.string().min(1).optional().describe('A name for people; it makes no difference to the network.'),
  resolution: positive.describe(
    'Height and width of the input image in pixels, unless a command asks for another size.',
  ),
  classes: z
    .number()
    .int()
    .positive()
    .max(1_000_000)
    .describe('Number of classes: outputs of the classifier.'),
  inputChannels: positive
    .default(3)
    .describe(
      'Channels of the input image, the last axis (NHWC): red, green, blue; 1 is grey, 4 those and alpha, or what else the files hold there. Others can be priced, not trained.',
    ),
  stem,
  blocks: z
    .array(blockSchema)
    .min(1)
    .max(128)
    .describe(
      'The blocks between stem and head, in order. Block i reads what the one before it puts out; the names of its weights begin with `blocks.i`, counted from 0.',
    ),
  head,
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
