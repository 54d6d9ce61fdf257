/** From an architecture back to its genome. */
import { type Architecture, plainArchitecture } from '../architecture.js';
import type { Block } from '../blocks/index.js';
import { assign } from './genes.js';
import type { Layout, StageChoices } from './layout.js';

/** A block of a kind that search spaces have: its stage decides its output channels and its activation. */
type StagedBlock = Extract<Block, { readonly out: number; readonly activation: unknown }>;

const isStaged = (block: Block): block is StagedBlock => 'out' in block && 'activation' in block;

function encodeStage(stage: StageChoices, genome: Uint8Array, blocks: readonly StagedBlock[]): boolean {
  const [first] = blocks;
  return (
    first !== undefined &&
    first.stride === stage.stride &&
    blocks.every(
      ({ op, out, activation }) => op === stage.op && out === first.out && activation === first.activation,
    ) &&
    assign(stage.depth, genome, blocks.length) &&
    assign(stage.width, genome, first.out) &&
    assign(stage.activation, genome, first.activation) &&
    blocks.every((block, i) => {
      const genes = stage.blocks[i];
      return genes !== undefined && genes.encode(genome, block);
    })
  );
}

/** Blocks cut into stages where the stride is 2 or the width changes (`checkSpace` sees that this works). */
function stagesOf(blocks: readonly StagedBlock[]): StagedBlock[][] {
  const stages: StagedBlock[][] = [];
  blocks.forEach((block, i) => {
    const continues = block.stride === 1 && block.out === blocks[i - 1]?.out;
    if (continues) stages.at(-1)?.push(block);
    else stages.push([block]);
  });
  return stages;
}

/**
 * The canonical genome of an architecture; undefined when its structure does not lie in the space. Its
 * name, resolution, classes and dropout make no difference: they are not part of the structure.
 */
export function encodeArchitecture(layout: Layout, architecture: Architecture): Uint8Array | undefined {
  const { stem, blocks, head } = plainArchitecture(architecture);
  const genome = new Uint8Array(layout.list.genes.length);
  if (!blocks.every(isStaged)) return undefined;
  const stages = stagesOf(blocks);
  const fits =
    assign(layout.stem.width, genome, stem.out) &&
    assign(layout.stem.kernel, genome, stem.kernel) &&
    assign(layout.stem.stride, genome, stem.stride) &&
    assign(layout.stem.activation, genome, stem.activation) &&
    head.hidden === undefined &&
    stages.length === layout.stages.length &&
    layout.stages.every((stage, i) => encodeStage(stage, genome, stages[i] ?? [])) &&
    assign(layout.head.width, genome, head.out) &&
    assign(layout.head.activation, genome, head.activation);
  return fits ? genome : undefined;
}
