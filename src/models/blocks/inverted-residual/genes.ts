/** What a search may choose of an inverted residual. */
import { z } from 'zod';
import { MixnasError } from '../../../base/index.js';
import { type Choice, assign, need, valueOf } from '../../space/genes.js';
import { choices, expansionChoices, kernelSchema, positive } from '../fields.js';
import type { BlockGenes, BlockSearch, FromStage, GenePlace, StageCommon } from '../kind.js';
import { expandedChannels } from './lower.js';
import { type Mix, allMixes, mixLabel, mixOptions } from './mixes.js';
import { type MixBlock, dilationsOf, gateSchema, seStyleSchema } from './schema.js';

/** Genes are one of these lists each, `kernels` to `groups` make one. */
const fields = {
  kernels: choices(kernelSchema).describe(
    'Depthwise kernel sizes, of which each block of inverted residuals mixes as many as one of `groups`, smallest first.',
  ),
  dilations: choices(positive.max(8)).describe(
    'Dilations to combine with kernels above 1; default [1]. A block of stride 2 uses 1 only.',
  ),
  groups: choices(positive.max(8)).describe('How many kernels a block may mix; default [1].'),
  split: choices(z.enum(['equal', 'exponential'])).describe(
    'How channels may divide among the kernels of a block; default [equal].',
  ),
  gate: choices(gateSchema).describe(
    'Whether the groups of a block may be weighed by attention (`soft`), and skipped at run time (`hard`, threshold 0.5); default [none].',
  ),
  expansion: expansionChoices,
  expandGroups: choices(positive).describe('Groups of the 1x1 convolution that expands; default [1].'),
  projectGroups: choices(positive).describe('Groups of the 1x1 convolution that projects; default [1].'),
  seRatio: choices(z.number().min(0).max(1)).describe(
    'Squeezed channels of squeeze-and-excitation / channels that `seStyle` names; 0: none; default [0].',
  ),
  seStyle: choices(seStyleSchema)
    .optional()
    .describe(
      'How channels are squeezed where `seRatio` is above 0: `mixnet` (default) or `mobilenet-v3`, see architecture.schema.json.',
    ),
};

/** A stage of inverted residuals. */
export type MixStage = StageCommon & { readonly [K in keyof typeof fields]: z.output<(typeof fields)[K]> };

/** @throws MixnasError `bad-config` when a stage has no kernel mixes, or more than a gene can distinguish. */
function mixesOf(stage: MixStage, stride: number, where: string): readonly Mix[] {
  const mixes = allMixes(stage.kernels, stride === 1 ? stage.dilations : [1], stage.groups);
  if (mixes === undefined) {
    throw new MixnasError('bad-config', `${where} has more than 256 mixes of kernels and dilations.`, {
      remedy: 'List fewer kernels, dilations or groups.',
    });
  }
  if (mixes.length === 0) {
    throw new MixnasError('bad-config', `${where} has fewer kernels than its smallest number of groups.`, {
      remedy: 'List more kernels, or a smaller number in `groups`.',
    });
  }
  return mixes;
}

function choose({ list, name, block, exists }: GenePlace, stage: MixStage, mixes: readonly Mix[]) {
  const mix = list.choose(`${name}.mix`, mixes, { block, needs: exists, ...mixOptions(mixes) });
  const expansion = list.choose(`${name}.expansion`, stage.expansion, { block, needs: exists });
  // With two groups the exponential split is the equal one.
  const split = list.choose(`${name}.split`, stage.split, {
    block,
    needs: [...exists, need(mix, (m) => m.kernels.length > 2)],
    neutral: 'equal',
  });
  const gate = list.choose(`${name}.gate`, stage.gate, {
    block,
    needs: [...exists, need(mix, (m) => m.kernels.length > 1)],
    neutral: 'none',
  });
  const expandGroups = list.choose(`${name}.expandGroups`, stage.expandGroups, {
    block,
    needs: [...exists, need(expansion, (value) => value !== 1)],
    neutral: 1,
  });
  const projectGroups = list.choose(`${name}.projectGroups`, stage.projectGroups, { block, needs: exists });
  const seRatio = list.choose(`${name}.seRatio`, stage.seRatio, { block, needs: exists });
  const seStyle = list.choose(`${name}.seStyle`, stage.seStyle ?? ['mixnet'], {
    block,
    needs: [...exists, need(seRatio, (value) => value > 0)],
    neutral: 'mixnet',
  });
  return { mix, expansion, split, gate, expandGroups, projectGroups, seRatio, seStyle };
}

type Choices = ReturnType<typeof choose>;

/** Borders between groups are multiples of this; absent where nothing is asked. */
interface Aligned {
  readonly align?: number | undefined;
}

/** What blocks of these kernels say of their borders. */
function alignedAs({ align = 1 }: Aligned, kernels: readonly number[]): Aligned {
  return align > 1 && kernels.length > 1 ? { align } : {};
}

function decode(choices: Choices, genome: ArrayLike<number>, stage: FromStage, aligned: Aligned): MixBlock {
  const { kernels, dilations } = valueOf(choices.mix, genome);
  const seStyle = valueOf(choices.seStyle, genome);
  return {
    op: 'inverted-residual',
    kernels,
    ...(dilations.some((dilation) => dilation > 1) && { dilations }),
    split: valueOf(choices.split, genome),
    ...alignedAs(aligned, kernels),
    gate: valueOf(choices.gate, genome),
    expansion: valueOf(choices.expansion, genome),
    expandGroups: valueOf(choices.expandGroups, genome),
    projectGroups: valueOf(choices.projectGroups, genome),
    seRatio: valueOf(choices.seRatio, genome),
    ...(seStyle !== 'mixnet' && { seStyle }),
    activation: stage.activation,
    stride: stage.stride,
    out: stage.out,
  };
}

function encode(choices: Choices, genome: Uint8Array, block: MixBlock, aligned: Aligned): boolean {
  const label = mixLabel(block.kernels, dilationsOf(block));
  const mix = choices.mix.values.find((candidate) => candidate.label === label);
  return (
    mix !== undefined &&
    typeof block.split === 'string' &&
    alignedAs(block, block.kernels).align === alignedAs(aligned, block.kernels).align &&
    assign(choices.mix, genome, mix) &&
    assign(choices.expansion, genome, block.expansion) &&
    assign(choices.split, genome, block.split) &&
    assign(choices.gate, genome, block.gate) &&
    assign(choices.expandGroups, genome, block.expandGroups) &&
    assign(choices.projectGroups, genome, block.projectGroups) &&
    assign(choices.seRatio, genome, block.seRatio) &&
    assign(choices.seStyle, genome, block.seStyle ?? 'mixnet')
  );
}

const many = ({ values }: Pick<Choice<unknown>, 'values'>) => BigInt(values.length);

/** Choices that are closed for some mixes, expansions or ratios count only where they are open. */
function count(choices: Choices): bigint {
  const mixes = choices.mix.values.reduce((sum, { kernels }) => {
    const splits = kernels.length > 2 ? many(choices.split) : 1n;
    const gates = kernels.length > 1 ? many(choices.gate) : 1n;
    return sum + splits * gates;
  }, 0n);
  const expansions = choices.expansion.values.reduce(
    (sum, expansion) => sum + (expansion === 1 ? 1n : many(choices.expandGroups)),
    0n,
  );
  const squeezes = choices.seRatio.values.reduce(
    (sum, ratio) => sum + (ratio > 0 ? many(choices.seStyle) : 1n),
    0n,
  );
  return mixes * expansions * many(choices.projectGroups) * squeezes;
}

/** Why blocks of `inputs` channels cannot always be built as the stage asks. */
function misfit(stage: MixStage, inputs: readonly number[]): string | undefined {
  const groups = Math.max(...stage.groups);
  for (const input of inputs) {
    for (const expansion of stage.expansion) {
      const expanded = expandedChannels(input, expansion);
      if (expanded < groups) return `${expanded} expanded channels are too few for ${groups} groups`;
      for (const n of stage.expandGroups)
        if (expansion !== 1 && (input % n !== 0 || expanded % n !== 0))
          return `expandGroups ${n} does not divide ${input} channels or their ${expanded} expanded ones`;
      for (const n of stage.projectGroups)
        if (expanded % n !== 0) return `projectGroups ${n} does not divide ${expanded} expanded channels`;
    }
  }
  for (const width of stage.width)
    for (const n of stage.projectGroups)
      if (width % n !== 0) return `projectGroups ${n} does not divide width ${width}`;
  return undefined;
}

export const mixBlockSearch = {
  fields,
  defaults: {
    dilations: [1],
    groups: [1],
    split: ['equal'],
    gate: ['none'],
    expandGroups: [1],
    projectGroups: [1],
    seRatio: [0],
  },
  misfit,
  layOut(stage, where, align) {
    const aligned = { align };
    const mixes = new Map<number, readonly Mix[]>();
    mixes.set(stage.stride, mixesOf(stage, stage.stride, where));
    if (Math.max(...stage.depth) > 1) mixes.set(1, mixesOf(stage, 1, where));
    return (place): BlockGenes<MixBlock> => {
      const own = choose(place, stage, mixes.get(place.stride) as readonly Mix[]);
      return {
        choices: Object.values<Choice<unknown>>({ ...own }),
        decode: (genome, fromStage) => decode(own, genome, fromStage, aligned),
        encode: (genome, block) => encode(own, genome, block, aligned),
        count: () => count(own),
      };
    };
  },
} satisfies BlockSearch<MixBlock, MixStage>;
