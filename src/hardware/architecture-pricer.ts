/** Latency of architectures that are not lowered as a whole: the sum of parts that were seen before. */
import {
  type Architecture,
  type Block,
  type LayerGraph,
  lower,
  type LowerOptions,
  lowerAlone,
  outChannels,
} from '../models/index.js';
import { type BlockBusy, type Busy, createBlockMemo } from './block-memo.js';
import { networkUs } from './overhead.js';
import type { Profile } from './profile.js';

/** What decides the kernels of stem and head. */
function endsKey(
  { stem, head, inputChannels }: Architecture,
  size: number,
  classes: number,
  lastSize: number,
  last: number,
) {
  const { out, kernel, stride, activation } = stem;
  return `${size} ${classes} ${inputChannels} ${out} ${kernel} ${stride} ${activation} ${lastSize} ${last} ${head.out} ${head.activation}`;
}

/**
 * @param price the busy times of a graph: by part of its blocks, and of its stem and head.
 * @returns milliseconds of an architecture; see `Predictor.latencyOf`.
 */
export function createArchitecturePricer(
  profile: Profile,
  price: (graph: LayerGraph) => BlockBusy & { ends: Busy },
): (architecture: Architecture, at?: LowerOptions) => number {
  const learn = (block: Block, size: number, channels: number): BlockBusy =>
    price(lowerAlone(block, size, channels));
  const memo = createBlockMemo(learn);
  const ends = new Map<string, Busy>();
  const wholes = new Map<string, Busy>();
  const total: Busy = { sumUs: 0, scaledUs: 0 };
  /** Blocks of other kinds are remembered whole: only reference models have them. */
  const addWhole = (block: Block, size: number, channels: number) => {
    const key = `${size} ${channels} ${JSON.stringify(block)}`;
    let busy = wholes.get(key);
    if (busy === undefined) {
      busy = { sumUs: 0, scaledUs: 0 };
      for (const part of Object.values(learn(block, size, channels).parts)) {
        busy.sumUs += part.sumUs;
        busy.scaledUs += part.scaledUs;
      }
      wholes.set(key, busy);
    }
    total.sumUs += busy.sumUs;
    total.scaledUs += busy.scaledUs;
  };
  return (architecture, at = {}) => {
    const { stem, blocks } = architecture;
    const { resolution = architecture.resolution, classes = architecture.classes } = at;
    total.sumUs = 0;
    total.scaledUs = 0;
    let size = Math.ceil(resolution / stem.stride);
    let channels = stem.out;
    for (const block of blocks) {
      if (block.op === 'inverted-residual') memo.addTo(total, block, size, channels);
      else addWhole(block, size, channels);
      size = Math.ceil(size / block.stride);
      channels = outChannels(block, channels);
    }
    const key = endsKey(architecture, resolution, classes, size, channels);
    let end = ends.get(key);
    if (end === undefined) ends.set(key, (end = price(lower(architecture, at)).ends));
    return networkUs(profile.overhead, total.sumUs + end.sumUs, total.scaledUs + end.scaledUs) / 1000;
  };
}
