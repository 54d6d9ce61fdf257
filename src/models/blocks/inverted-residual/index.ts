/** MixNet's inverted residual, the block that MixNets, MobileNets and EfficientNets are made of. */
import type { BlockKind } from '../kind.js';
import { mixBlockSearch } from './genes.js';
import { lowerMixBlock } from './lower.js';
import { type MixBlock, mixBlockSchema, plainMixBlock } from './schema.js';

export const invertedResidual = {
  op: 'inverted-residual',
  schema: mixBlockSchema,
  lower: lowerMixBlock,
  outChannels: ({ out }) => out,
  plain: plainMixBlock,
  describe: (block) => block,
  withKernels(block, kernels) {
    const { dilations: _, ...rest } = block;
    return { ...rest, kernels, split: 'equal', gate: 'none' };
  },
  search: mixBlockSearch,
} satisfies BlockKind<MixBlock>;
