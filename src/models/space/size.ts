/** How many architectures a space holds, exactly. */
import type { BlockChoices, Layout, StageChoices } from './layout.js';

const many = (choice: { readonly values: readonly unknown[] }) => BigInt(choice.values.length);

/** Choices that are closed for some mixes or expansions count only where they are open. */
function countBlocks(block: BlockChoices): bigint {
  const mixes = block.mix.values.reduce((sum, { kernels }) => {
    const splits = kernels.length > 2 ? many(block.split) : 1n;
    const gates = kernels.length > 1 ? many(block.gate) : 1n;
    return sum + splits * gates;
  }, 0n);
  const expansions = block.expansion.values.reduce(
    (sum, expansion) => sum + (expansion === 1 ? 1n : many(block.expandGroups)),
    0n,
  );
  return mixes * expansions * many(block.projectGroups) * many(block.seRatio);
}

function countStages(stage: StageChoices): bigint {
  const chains = stage.depth.values.map((depth) =>
    stage.blocks.slice(0, depth).reduce((product, block) => product * countBlocks(block), 1n),
  );
  return many(stage.width) * many(stage.activation) * chains.reduce((sum, n) => sum + n, 0n);
}

/** The exact number of distinct architectures of a space. */
export function countArchitectures({ stem, stages, head }: Layout): bigint {
  const stems = many(stem.width) * many(stem.kernel) * many(stem.stride) * many(stem.activation);
  const heads = head.width.values.reduce((sum, out) => sum + (out > 0 ? many(head.activation) : 1n), 0n);
  return stages.map(countStages).reduce((product, n) => product * n, stems * heads);
}
