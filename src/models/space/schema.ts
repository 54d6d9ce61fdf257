/** A search space as a person writes it (YAML in `spaces/`): lists of choices for stem, stages and head. */
import { z } from 'zod';
import { parseWith } from '../../base/index.js';
import { activationSchema, gateSchema, kernelSchema, strideSchema } from '../block.js';

const positive = z.number().int().positive();

/** A list of distinct choices; at most 256, so that a gene is a byte. */
function choices<T extends z.ZodType<number | string>>(item: T) {
  return z
    .array(item)
    .min(1)
    .max(256)
    .refine((values) => new Set(values).size === values.length, { message: 'lists a choice twice' });
}

/** What a stage of blocks may be. Genes are one of these lists each, `kernels` to `groups` make one. */
const stageFields = {
  /** Number of blocks. */
  depth: choices(positive.max(16)),
  /** Output channels of every block of the stage. */
  width: choices(positive),
  /** Stride of the first block; the others have 1. */
  stride: strideSchema,
  /** Depthwise kernel sizes to mix. */
  kernels: choices(kernelSchema),
  /** Dilations to combine with kernels above 1; a block of stride 2 uses 1 only. */
  dilations: choices(positive.max(8)),
  /** How many kernels a block may mix. */
  groups: choices(positive.max(8)),
  split: choices(z.enum(['equal', 'exponential'])),
  gate: choices(gateSchema),
  expansion: choices(z.number().min(1).max(12)),
  expandGroups: choices(positive),
  projectGroups: choices(positive),
  seRatio: choices(z.number().min(0).max(1)),
  /** One choice for all blocks of the stage. */
  activation: choices(activationSchema),
};

const partialStage = z.strictObject(stageFields).partial();

/** A stage as it stands after `defaults`; what neither names is as plain as it can be. */
const stage = z.strictObject({
  ...stageFields,
  stride: strideSchema.default(1),
  dilations: stageFields.dilations.default([1]),
  groups: stageFields.groups.default([1]),
  split: stageFields.split.default(['equal']),
  gate: stageFields.gate.default(['none']),
  expandGroups: stageFields.expandGroups.default([1]),
  projectGroups: stageFields.projectGroups.default([1]),
  seRatio: stageFields.seRatio.default([0]),
  activation: stageFields.activation.default(['relu']),
});

const space = z.strictObject({
  name: z.string().min(1),
  /** Training resolution in pixels and number of classes of the architectures. */
  resolution: positive,
  classes: positive,
  inputChannels: positive.default(3),
  stem: z.strictObject({
    width: choices(positive),
    kernel: choices(kernelSchema).default([3]),
    stride: choices(strideSchema).default([2]),
    activation: choices(activationSchema).default(['relu']),
  }),
  /** For every stage that does not say otherwise. */
  defaults: partialStage.default({}),
  stages: z.array(partialStage).min(1).max(16),
  head: z.strictObject({
    /** Channels of the 1x1 convolution before the global average; 0 for none. */
    width: choices(z.number().int().min(0)),
    activation: choices(activationSchema).default(['relu']),
    dropout: z.number().min(0).max(0.9).default(0),
  }),
});

/** The zod schema of a space file. */
export const spaceSchema = space;

/** A space file, parsed; stages do not have the `defaults` filled in. */
export type SpaceSource = z.output<typeof space>;
export type StageSpec = z.output<typeof stage>;
/** A space with every default filled in. */
export type SpaceSpec = Omit<SpaceSource, 'defaults' | 'stages'> & { readonly stages: readonly StageSpec[] };

/** @throws MixnasError `bad-config` that names the field. */
export function parseSource(value: unknown, what: string): SpaceSource {
  return parseWith(space, value, what, 'bad-config');
}

/** @throws MixnasError `bad-config` that names the stage and field that is in neither stage nor defaults. */
export function fillDefaults(source: SpaceSource, what: string): SpaceSpec {
  const { defaults, stages, ...rest } = source;
  return {
    ...rest,
    stages: stages.map((own, i) =>
      parseWith(stage, { ...defaults, ...own }, `${what}: stages[${i}]`, 'bad-config'),
    ),
  };
}
