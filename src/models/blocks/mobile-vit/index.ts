/**
 * MobileViT's block (Mehta and Rastegari, arXiv 2110.02178, figure 1b): local convolution, a transformer
 * between the pixels that lie at the same place of each patch, and fusion with the input. The channels stay.
 */
import type { BlockKind } from '../kind.js';
import { lowerMobileVit } from './lower.js';
import { type MobileVitBlock, mobileVitSchema } from './schema.js';

export const mobileVit = {
  op: 'mobile-vit',
  schema: mobileVitSchema,
  lower: ({ g, name }, block, from) => lowerMobileVit(g, name, block, from),
  outChannels: (_, input) => input,
  describe: ({ kernel, activation }) => ({ kernels: [kernel], activation }),
} satisfies BlockKind<MobileVitBlock>;
