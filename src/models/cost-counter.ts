/** Counting for searches: a part of a mixed block is counted once, another block once for each place that it is met at. */
import type { Architecture } from './architecture.js';
import { type BlockPlace, type BlockPlaces, type EndsPlace, createBlockPlaces } from './block-places.js';
import { type Count, countCost, countOp } from './cost.js';
import type { LayerGraph } from './graph.js';
import { type LowerOptions, lower } from './lower.js';
import { PartSums } from './part-sums.js';

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
  const blockCount = places.remember((place: BlockPlace) => part(places.lesson(place, false).graph, true));
  const parts = new PartSums(places, ({ graph, slots }, params, macs) => {
    for (const op of graph.ops) {
      const slot = slots[op.id] as number;
      if (slot < 0) continue;
      const count = countOp(graph, op);
      params[slot] = (params[slot] as number) + count.params;
      macs[slot] = (macs[slot] as number) + count.macs;
    }
  });
  const endsCount = places.remember(({ architecture, at }: EndsPlace) =>
    part(lower(architecture, at), false),
  );

  return (architecture, at = {}) => {
    const { blocks, ends } = places.of(architecture, at);
    let params = 0;
    let macs = 0;
    try {
      for (const place of blocks) {
        if (place.parts !== undefined) {
          parts.ask(place, place.parts);
          params += parts.first;
          macs += parts.second;
          continue;
        }
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
