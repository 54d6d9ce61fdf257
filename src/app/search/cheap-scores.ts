/** Scores of an architecture that need no training: what a first generation can be picked by. */
import { type Architecture, describeBlock } from '../../models/index.js';

/**
 * By the name that expressions use; large is good. Macs, params, memory and latency are priced anyway and
 * need no entry. A score that is computed on an initialised network belongs here too.
 */
export const cheapScores: Readonly<Record<string, (architecture: Architecture) => number>> = {
  /** Blocks. */
  depth: ({ blocks }) => blocks.length,
  /** Convolution kernels of different sizes in a block, on average. */
  mixing: (architecture) => {
    const blocks = architecture.blocks.map(describeBlock);
    return blocks.reduce((sum, { kernels }) => sum + new Set(kernels).size, 0) / blocks.length;
  },
};
