/**
 * The kinds of block, a folder each. `kind.ts` says what a kind defines, `registry.ts` lists them; start
 * with `depthwise-separable`, the plainest, then `inverted-residual`, which can be searched.
 */
export {
  type Activation,
  type DeepReadonly,
  activationSchema,
  activations,
  choices,
  kernelSchema,
  positive,
  strideSchema,
} from './fields.js';
export type { BlockDescription, BlockGenes, BlockSearch, StageCommon } from './kind.js';
export {
  type Block,
  type BlockOf,
  blockSchema,
  describeBlock,
  lowerBlock,
  outChannels,
  plainBlock,
  searchOf,
  searchableKinds,
  withKernels,
} from './registry.js';
export type { MixStage } from './inverted-residual/genes.js';
export { expandedChannels, gateUnits, squeezedChannels } from './inverted-residual/lower.js';
export { mixLabel } from './inverted-residual/mixes.js';
export { type MixBlock, mostAlign } from './inverted-residual/schema.js';
export { canAlign, groupSizes, type SplitRule, splitChannels } from './inverted-residual/split.js';
export { roundChannels } from './rounding.js';
export { activationText, normText, paddingText } from './texts.js';
