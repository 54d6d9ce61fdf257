/** A search space as a person writes it (YAML in `spaces/`): lists of choices for stem, stages and head. */
import { z } from 'zod';
import { InternalError, parseWith } from '../../base/index.js';
import {
  type Block,
  type BlockSearch,
  type MixStage,
  type StageCommon,
  activationSchema,
  activationText,
  choices,
  kernelSchema,
  mostAlign,
  positive,
  searchOf,
  searchableKinds,
  strideSchema,
} from '../blocks/index.js';

/** What stages have where nothing is said. */
const mixBlock = 'inverted-residual';

/** What a stage of blocks of any kind may be. Genes are one of these lists each. */
const commonFields = {
  op: z
    .enum(searchableKinds as [string, ...string[]])
    .optional()
    .describe("The kind of the stage's blocks; default `inverted-residual`."),
  depth: choices(positive.max(16)).describe('Choices of the number of blocks.'),
  width: choices(positive).describe('Choices of the output channels of every block of the stage.'),
  stride: strideSchema.describe('Stride of the first block, default 1; the others have 1.'),
  activation: choices(activationSchema).describe(
    `Choices of the activation, one for all blocks of the stage; default [relu]. ${activationText}`,
  ),
};

function searchOfKind(op: string): BlockSearch<Block> {
  const search = searchOf(op);
  if (search === undefined) throw new InternalError(`blocks of kind ${op} are not searched`);
  return search;
}

/** The fields of all kinds together: what `defaults` may say, and a stage before its kind is known. */
function fieldsOfAll(): Record<string, z.ZodType> {
  const all: Record<string, z.ZodType> = { ...commonFields };
  for (const op of searchableKinds) {
    for (const [name, schema] of Object.entries(searchOfKind(op).fields)) {
      if ((all[name] ?? schema) !== schema) throw new InternalError(`two kinds have another field ${name}`);
      all[name] = schema;
    }
  }
  return all;
}

const partialStage = z.strictObject(fieldsOfAll()).partial();

/** A stage of one kind as it stands after `defaults`; what neither names is as plain as it can be. */
function stageSchema(op: string) {
  const { fields, defaults } = searchOfKind(op);
  const own = Object.entries(fields).map(([name, schema]): [string, z.ZodType] => {
    const value = defaults[name];
    return [name, value === undefined ? schema : schema.default([...value])];
  });
  return z.strictObject({
    ...commonFields,
    stride: strideSchema.default(1),
    activation: commonFields.activation.default(['relu']),
    ...Object.fromEntries(own),
  });
}

const stageSchemas = new Map(searchableKinds.map((op) => [op, stageSchema(op)]));

/** What channels are multiples of, or that it follows from the devices. */
export const alignSchema = z.union([z.literal('auto'), positive.max(mostAlign)]);

const space = z.strictObject({
  name: z.string().min(1).describe('What the space is called.'),
  resolution: positive.describe(
    'Height and width in pixels of the images that architectures are trained on.',
  ),
  classes: positive.describe('Number of classes that they are trained on.'),
  inputChannels: positive
    .default(3)
    .describe(
      'Channels of the input image: 3 for red, green, blue, 1 for grey, 4 for a fourth channel of the files.',
    ),
  align: alignSchema
    .optional()
    .describe(
      "Channels that suit the devices come in multiples of this: borders between the groups of mixed convolutions, and widths from it on, go to the nearest multiple (halves up) where each group keeps at least one; else they stay. `auto`: the least common multiple of the `channelGranularity` of a search's profiles. Default: nothing moves.",
    ),
  stem: z
    .strictObject({
      width: choices(positive).describe('Choices of the output channels.'),
      kernel: choices(kernelSchema)
        .default([3])
        .describe('Choices of the height and width of the convolution kernel.'),
      stride: choices(strideSchema).default([2]).describe('Choices of the stride.'),
      activation: choices(activationSchema)
        .default(['relu'])
        .describe(`Choices of the activation after batch norm. ${activationText}`),
    })
    .describe('The first layers: convolution, batch norm, activation.'),
  defaults: partialStage
    .default({})
    .describe(
      'What holds for every stage that does not say otherwise; what blocks of its kind do not have is left out.',
    ),
  stages: z
    .array(partialStage)
    .min(1)
    .max(16)
    .describe('The stages, in order. Every list in them is a choice that a search makes.'),
  head: z
    .strictObject({
      width: choices(z.number().int().min(0)).describe(
        'Choices of the channels of the 1x1 convolution before the global average; 0: none.',
      ),
      activation: choices(activationSchema)
        .default(['relu'])
        .describe(`Choices of the activation of that convolution. ${activationText}`),
      dropout: z
        .number()
        .min(0)
        .max(0.9)
        .default(0)
        .describe('Share of the features before the classifier that is dropped in training.'),
    })
    .describe('The last layers: 1x1 convolution, global average, dropout, dense layer to the classes.'),
});

/** The zod schema of a space file. */
export const spaceSchema = space;

/** A space file, parsed; stages do not have the `defaults` filled in. */
export type SpaceSource = z.output<typeof space>;
/** A stage with every default filled in, and the fields of its kind. */
export type StageSpec = StageCommon & Readonly<Record<string, unknown>>;
/** A space with every default filled in. */
export type SpaceSpec = Omit<SpaceSource, 'defaults' | 'stages' | 'align'> & {
  readonly stages: readonly StageSpec[];
  readonly align?: number;
};

/** The kind of a stage's blocks. */
export function opOfStage({ op = mixBlock }: Pick<StageCommon, 'op'>): Block['op'] {
  return op as Block['op'];
}

/** Whether the blocks of a stage are inverted residuals. */
export function isMixStage(stage: StageCommon): stage is MixStage {
  return opOfStage(stage) === mixBlock;
}

/** How the blocks of a stage are searched. */
export function searchOfStage(stage: Pick<StageCommon, 'op'>): BlockSearch<Block> {
  return searchOfKind(opOfStage(stage));
}

/** @throws MixnasError `bad-config` that names the field. */
export function parseSource(value: unknown, what: string): SpaceSource {
  return parseWith(space, value, what, 'bad-config');
}

/** @throws MixnasError `bad-config` that names the stage and field that is in neither stage nor defaults. */
export function fillDefaults(source: SpaceSource, what: string): SpaceSpec {
  const { defaults, stages, align, ...rest } = source;
  return {
    ...rest,
    ...(typeof align === 'number' && { align }),
    stages: stages.map((own, i) => {
      const kind = opOfStage({ ...defaults, ...own });
      const schema = stageSchemas.get(kind) as ReturnType<typeof stageSchema>;
      const known = Object.entries(defaults).filter(([name]) => name in schema.shape);
      const filled = { ...Object.fromEntries(known), ...own };
      const { op: _, ...parsed } = parseWith(schema, filled, `${what}: stages[${i}]`, 'bad-config');
      return kind === mixBlock ? parsed : { op: kind, ...parsed };
    }),
  };
}
