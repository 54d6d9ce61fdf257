/** From an architecture back to its genome. */
import { type Architecture, plainArchitecture } from '../architecture.js';
import { type Block, type MixBlock, dilationsOf } from '../block.js';
import { assign } from './genes.js';
import type { BlockChoices, Layout, StageChoices } from './layout.js';
import { mixLabel } from './mixes.js';

function encodeBlock(choices: BlockChoices, genome: Uint8Array, block: MixBlock): boolean {
  const label = mixLabel(block.kernels, dilationsOf(block));
  const mix = choices.mix.values.find((candidate) => candidate.label === label);
  return (
    mix !== undefined &&
    typeof block.split === 'string' &&
    assign(choices.mix, genome, mix) &&
    assign(choices.expansion, genome, block.expansion) &&
    assign(choices.split, genome, block.split) &&
    assign(choices.gate, genome, block.gate) &&
    assign(choices.expandGroups, genome, block.expandGroups) &&
    assign(choices.projectGroups, genome, block.projectGroups) &&
    assign(choices.seRatio, genome, block.seRatio)
  );
}

function encodeStage(stage: StageChoices, genome: Uint8Array, blocks: readonly MixBlock[]): boolean {
  const [first] = blocks;
  return (
    first !== undefined &&
    first.stride === stage.stride &&
    blocks.every((block) => block.out === first.out && block.activation === first.activation) &&
    assign(stage.depth, genome, blocks.length) &&
    assign(stage.width, genome, first.out) &&
    assign(stage.activation, genome, first.activation) &&
    blocks.every((block, i) => {
      const choices = stage.blocks[i];
      return choices !== undefined && encodeBlock(choices, genome, block);
    })
  );
}

const isMixBlock = (block: Block): block is MixBlock => block.op === 'inverted-residual';

/** Blocks cut into stages where the stride is 2 or the width changes (`checkSpace` sees that this works). */
function stagesOf(blocks: readonly MixBlock[]): MixBlock[][] {
  const stages: MixBlock[][] = [];
  blocks.forEach((block, i) => {
    const continues = block.stride === 1 && block.out === blocks[i - 1]?.out;
    if (continues) stages.at(-1)?.push(block);
    else stages.push([block]);
  });
  return stages;
}

/**
 * The canonical genome of an architecture; undefined when its structure does not lie in the space. Its
 * name, resolution, classes and dropout make no difference: they are no part of the structure.
 */
export function encodeArchitecture(layout: Layout, architecture: Architecture): Uint8Array | undefined {
  const { stem, blocks, head } = plainArchitecture(architecture);
  const genome = new Uint8Array(layout.list.genes.length);
  if (!blocks.every(isMixBlock)) return undefined;
  const stages = stagesOf(blocks);
  const fits =
    assign(layout.stem.width, genome, stem.out) &&
    assign(layout.stem.kernel, genome, stem.kernel) &&
    assign(layout.stem.stride, genome, stem.stride) &&
    assign(layout.stem.activation, genome, stem.activation) &&
    stages.length === layout.stages.length &&
    layout.stages.every((stage, i) => encodeStage(stage, genome, stages[i] ?? [])) &&
    assign(layout.head.width, genome, head.out) &&
    assign(layout.head.activation, genome, head.activation);
  return fits ? genome : undefined;
}
