/** Latency of architectures that are not lowered as a whole: the sum of parts that were seen before. */
import {
  type Architecture,
  type Block,
  type BlockPlace,
  type BlockPlaces,
  type EndsPlace,
  type LayerGraph,
  lower,
  type LowerOptions,
  lowerAlone,
} from '../../models/index.js';
import { type BlockBusy, type Busy, createBlockMemo } from './block-memo.js';
import { networkUs } from './overhead.js';
import type { Profile } from '../profile/index.js';

/** Busy times by part, as one. */
function whole({ parts }: BlockBusy): Busy {
  const busy: Busy = { sumUs: 0, scaledUs: 0 };
  for (const part of Object.values(parts)) {
    busy.sumUs += part.sumUs;
    busy.scaledUs += part.scaledUs;
  }
  return busy;
}

/**
 * @param price the busy times of a graph: by part of its blocks, and of its stem and head.
 * @param places where busy times are remembered.
 * @returns milliseconds of an architecture; see `Predictor.latencyOf`.
 */
export function createArchitecturePricer(
  profile: Profile,
  price: (graph: LayerGraph) => BlockBusy & { ends: Busy },
  places: BlockPlaces,
): (architecture: Architecture, at?: LowerOptions) => number {
  const learn = (block: Block, size: number, channels: number) => price(lowerAlone(block, size, channels));
  const mixBlockBusy = createBlockMemo(learn);
  const blockBusy = places.remember(({ block, size, channels }: BlockPlace) =>
    block.op === 'inverted-residual'
      ? mixBlockBusy(block, size, channels)
      : whole(learn(block, size, channels)),
  );
  const endsBusy = places.remember(({ architecture, at }: EndsPlace) => price(lower(architecture, at)).ends);
  return (architecture, at = {}) => {
    const { blocks, ends } = places.of(architecture, at);
    let { sumUs, scaledUs } = endsBusy(ends);
    for (const place of blocks) {
      const busy = blockBusy(place);
      sumUs += busy.sumUs;
      scaledUs += busy.scaledUs;
    }
    return networkUs(profile.overhead, sumUs, scaledUs) / 1000;
  };
}
