/** Counting for searches: a block is lowered and counted once for each place that it is met at. */
import type { Architecture } from './architecture.js';
import { type BlockPlace, type BlockPlaces, type EndsPlace, createBlockPlaces } from './block-places.js';
import { type Count, countCost } from './cost.js';
import type { LayerGraph } from './graph.js';
import { type LowerOptions, lower, lowerAlone } from './lower.js';

/** The part of a graph that lies in blocks, or outside of them. */
const part = (graph: LayerGraph, inBlocks: boolean): Count => {
  const whole = countCost(graph);
  const ends = countCost(graph, (op) => op.block === undefined);
  return inBlocks ? { params: whole.params - ends.params, macs: whole.macs - ends.macs } : ends;
};

/**
 * @param places where counts are remembered; given by who prices the same architectures otherwise too.
 * @returns what `countCost(lower(architecture, at))` gives, faster from the second time on that a block object
 *   is met. `groups` of the options is not taken.
 * @throws MixnasError as `lower` does.
 */
export function createCostCounter(
  places: BlockPlaces = createBlockPlaces(),
): (architecture: Architecture, at?: Omit<LowerOptions, 'groups'>) => Count {
  const blockCount = places.remember(({ block, size, channels }: BlockPlace) =>
    part(lowerAlone(block, size, channels), true),
  );
  const endsCount = places.remember(({ architecture, at }: EndsPlace) =>
    part(lower(architecture, at), false),
  );

  return (architecture, at = {}) => {
    const { blocks, ends } = places.of(architecture, at);
    let params = 0;
    let macs = 0;
    try {
      for (const place of blocks) {
        const count = blockCount(place);
        params += count.params;
        macs += count.macs;
      }
    } catch {
      // The whole network's error names the block by its place.
      return countCost(lower(architecture, at));
    }
    const outside = endsCount(ends);
    return { params: params + outside.params, macs: macs + outside.macs };
  };
}
