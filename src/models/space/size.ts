/** How many architectures a space holds, exactly. */
import type { Layout, StageChoices } from './layout.js';

const many = (choice: { readonly values: readonly unknown[] }) => BigInt(choice.values.length);

function countStages(stage: StageChoices): bigint {
  const chains = stage.depth.values.map((depth) =>
    stage.blocks.slice(0, depth).reduce((product, block) => product * block.count(), 1n),
  );
  return many(stage.width) * many(stage.activation) * chains.reduce((sum, n) => sum + n, 0n);
}

/** The exact number of distinct architectures of a space. */
export function countArchitectures({ stem, stages, head }: Layout): bigint {
  const stems = many(stem.width) * many(stem.kernel) * many(stem.stride) * many(stem.activation);
  const heads = head.width.values.reduce((sum, out) => sum + (out > 0 ? many(head.activation) : 1n), 0n);
  return stages.map(countStages).reduce((product, n) => product * n, stems * heads);
}
