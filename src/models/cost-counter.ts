/**
 * Counting for searches: bred architectures share most of their blocks, and what a block costs depends on
 * nothing but itself and its input. So a block is lowered and counted once for each size and number of
 * channels that it is met with.
 */
import type { Architecture } from './architecture.js';
import { type Block, outChannels } from './block.js';
import { type Count, countCost } from './cost.js';
import type { LayerGraph } from './graph.js';
import { type LowerOptions, lower, lowerAlone } from './lower.js';

/** Counts by size and channels of the input. */
type CountsByInput = Map<number, Count>;

/** Below this number of channels, which no network comes near, size and channels make one number. */
const channelRange = 2 ** 20;

/** The part of a graph that lies in blocks, or outside of them. */
const part = (graph: LayerGraph, inBlocks: boolean): Count => {
  const whole = countCost(graph);
  const ends = countCost(graph, (op) => op.block === undefined);
  return inBlocks ? { params: whole.params - ends.params, macs: whole.macs - ends.macs } : ends;
};

/**
 * @returns what `countCost(lower(architecture, at))` gives, faster from the second time on that a block object
 *   is met. `groups` of the options is not taken.
 * @throws MixnasError as `lower` does.
 */
export function createCostCounter(): (
  architecture: Architecture,
  at?: Omit<LowerOptions, 'groups'>,
) => Count {
  const blockCounts = new WeakMap<Block, CountsByInput>();
  const endCounts = new Map<string, Count>();

  function countBlock(block: Block, size: number, channels: number): Count {
    let counts = blockCounts.get(block);
    if (counts === undefined) blockCounts.set(block, (counts = new Map()));
    const key = size * channelRange + channels;
    let count = counts.get(key);
    if (count === undefined) counts.set(key, (count = part(lowerAlone(block, size, channels), true)));
    return count;
  }

  return (architecture, at = {}) => {
    const { stem, blocks, head, inputChannels } = architecture;
    const { resolution = architecture.resolution, classes = architecture.classes } = at;
    let size = Math.ceil(resolution / stem.stride);
    let channels = stem.out;
    let params = 0;
    let macs = 0;
    try {
      for (const block of blocks) {
        const count = countBlock(block, size, channels);
        params += count.params;
        macs += count.macs;
        size = Math.ceil(size / block.stride);
        channels = outChannels(block, channels);
      }
    } catch {
      // The whole network's error names the block by its place.
      return countCost(lower(architecture, at));
    }
    const key = `${resolution} ${classes} ${inputChannels} ${stem.out} ${stem.kernel} ${stem.stride} ${size} ${channels} ${head.out}`;
    let ends = endCounts.get(key);
    if (ends === undefined) endCounts.set(key, (ends = part(lower(architecture, at), false)));
    return { params: params + ends.params, macs: macs + ends.macs };
  };
}
