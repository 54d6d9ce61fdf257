/** From a genome to its architecture. */
import type { Architecture } from '../architecture.js';
import type { MixBlock } from '../block.js';
import { valueOf } from './genes.js';
import type { BlockChoices, Layout, StageChoices } from './layout.js';
import type { SpaceSpec } from './schema.js';

function decodeBlock(choices: BlockChoices, genome: ArrayLike<number>, stage: StageShape): MixBlock {
  const { kernels, dilations } = valueOf(choices.mix, genome);
  return {
    op: 'inverted-residual',
    kernels,
    ...(dilations.some((dilation) => dilation > 1) && { dilations }),
    split: valueOf(choices.split, genome),
    gate: valueOf(choices.gate, genome),
    expansion: valueOf(choices.expansion, genome),
    expandGroups: valueOf(choices.expandGroups, genome),
    projectGroups: valueOf(choices.projectGroups, genome),
    seRatio: valueOf(choices.seRatio, genome),
    activation: stage.activation,
    stride: stage.stride,
    out: stage.out,
  };
}

type StageShape = Pick<MixBlock, 'activation' | 'stride' | 'out'>;

function decodeStage(stage: StageChoices, genome: ArrayLike<number>): MixBlock[] {
  const out = valueOf(stage.width, genome);
  const activation = valueOf(stage.activation, genome);
  return stage.blocks
    .slice(0, valueOf(stage.depth, genome))
    .map((choices, i) =>
      decodeBlock(choices, genome, { activation, out, stride: i === 0 ? stage.stride : 1 }),
    );
}

/** The architecture of a genome, written as plainly as it can be. Closed genes make no difference. */
export function decodeGenome(layout: Layout, spec: SpaceSpec, genome: ArrayLike<number>): Architecture {
  const { stem, head } = layout;
  return {
    resolution: spec.resolution,
    classes: spec.classes,
    inputChannels: spec.inputChannels,
    stem: {
      out: valueOf(stem.width, genome),
      kernel: valueOf(stem.kernel, genome),
      stride: valueOf(stem.stride, genome),
      activation: valueOf(stem.activation, genome),
    },
    blocks: layout.stages.flatMap((stage) => decodeStage(stage, genome)),
    head: {
      out: valueOf(head.width, genome),
      activation: valueOf(head.activation, genome),
      dropout: spec.head.dropout,
    },
  };
}
