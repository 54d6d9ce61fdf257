/** Where the borders between the groups of mixed convolutions lie, and the same network with them elsewhere. */
import type { Architecture } from './architecture.js';
import { canAlign, expandedChannels, groupSizes, outChannels } from './blocks/index.js';

/** A mixed convolution of an architecture. */
export interface MixBorders {
  readonly block: number;
  /** Channels that are divided. */
  readonly channels: number;
  /** Those of each group. */
  readonly sizes: readonly number[];
  /** What the block asks its borders to be multiples of. */
  readonly align: number | undefined;
}

/** The mixed convolutions of an architecture, in order. */
export function mixBorders({ stem, blocks }: Pick<Architecture, 'stem' | 'blocks'>): MixBorders[] {
  let input = stem.out;
  return blocks.flatMap((block, index): MixBorders[] => {
    const channels = block.op === 'inverted-residual' ? expandedChannels(input, block.expansion) : 0;
    input = outChannels(block, input);
    if (block.op !== 'inverted-residual' || block.kernels.length < 2) return [];
    const sizes = groupSizes(channels, block.kernels.length, block);
    return [{ block: index, channels, sizes, align: block.align }];
  });
}

/** Whether every border is a multiple. */
export function isAligned(sizes: readonly number[], align: number): boolean {
  return sizes.slice(0, -1).every((size) => size % align === 0);
}

/** Whether each group can have at least one multiple. */
export function allowsAlign(
  { channels, sizes }: Pick<MixBorders, 'channels' | 'sizes'>,
  align: number,
): boolean {
  return canAlign(channels, sizes.length, align);
}

/**
 * The nearest network whose borders are multiples: the same channels, divided otherwise.
 * @param only one block; all by default.
 */
export function withAlign(architecture: Architecture, align: number, only?: number): Architecture {
  return {
    ...architecture,
    blocks: architecture.blocks.map((block, index) =>
      block.op === 'inverted-residual' && block.kernels.length > 1 && (only ?? index) === index
        ? { ...block, align }
        : block,
    ),
  };
}

/** Blocks that ask for multiples which their channels do not allow, a sentence each. */
export function unmetAlignment(architecture: Architecture): string[] {
  return mixBorders(architecture).flatMap((mix) =>
    mix.align === undefined || allowsAlign(mix, mix.align)
      ? []
      : [
          `Block ${mix.block}: ${mix.channels} channels are too few for ${mix.sizes.length} groups of ${mix.align}; its groups have ${mix.sizes.join(', ')}.`,
        ],
  );
}
