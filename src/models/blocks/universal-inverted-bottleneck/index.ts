/**
 * The universal inverted bottleneck of MobileNetV4 (Qin et al., arXiv 2404.10518, figure 4): an inverted bottleneck
 * with two depthwise convolutions that may each be left out, one before the expansion and one after it. With the
 * second alone it is MobileNetV2's block, with the first alone ConvNeXt's, with both ExtraDW, with none a
 * feed-forward layer.
 */
import type { BlockKind } from '../kind.js';
import { uibSearch } from './genes.js';
import { lowerUib } from './lower.js';
import { type UibBlock, uibSchema } from './schema.js';

export const universalInvertedBottleneck = {
  op: 'universal-inverted-bottleneck',
  schema: uibSchema,
  lower: lowerUib,
  outChannels: ({ out }) => out,
  describe({ startKernel, middleKernel, expansion, activation }) {
    const kernels = [startKernel, middleKernel].filter((kernel) => kernel > 0);
    const text = [startKernel, middleKernel].map((kernel) => kernel || '-').join('|');
    return { kernels: kernels.length > 0 ? kernels : [1], expansion, activation, text };
  },
  search: uibSearch,
} satisfies BlockKind<UibBlock>;
