/** Models: architectures as data, their layer graphs, and what those cost. Pure, loads in milliseconds. */
export {
  type Architecture,
  type ArchitectureInput,
  architectureHash,
  architectureSchema,
  mixBlocksOf,
  parseArchitecture,
} from './architecture.js';
export {
  type Activation,
  type Block,
  type BlockDescription,
  type BlockOf,
  type MixBlock,
  type MixStage,
  activations,
  type SplitRule,
  canAlign,
  describeBlock,
  gateUnits,
  groupSizes,
  mostAlign,
  outChannels,
  searchableKinds,
  splitChannels,
  squeezedChannels,
  withKernels,
} from './blocks/index.js';
export {
  type MixBorders,
  allowsAlign,
  isAligned,
  mixBorders,
  unmetAlignment,
  withAlign,
} from './alignment.js';
export { type BlockPlace, type BlockPlaces, type EndsPlace, createBlockPlaces } from './block-places.js';
export { type Lesson, slots } from './block-parts.js';
export { PartSums } from './part-sums.js';
export { GraphBuilder } from './builder.js';
export { attentionMask } from './attention.js';
export { type Cost, type Count, type LayerCost, cost, countCost } from './cost.js';
export { createCostCounter } from './cost-counter.js';
export { checkActivationsLimit, checkWeightsLimit } from './weights-limit.js';
export type {
  ActivationOp,
  AnyGraph,
  AnyOp,
  AttentionOp,
  BatchNormOp,
  Conv2dOp,
  DenseOp,
  DepthwiseOp,
  DropoutOp,
  ForeignOp,
  GroupScaleOp,
  HardGateOp,
  LayerNormOp,
  LayerGraph,
  Likeness,
  MaxPoolOp,
  Op,
  OpKind,
  Shape,
  ShuffleOp,
  SliceOp,
  SoftmaxOp,
} from './graph.js';
export {
  type GateShares,
  type GraphGate,
  expectedMacs,
  gateMetric,
  gateMetrics,
  gatesOf,
  hasGates,
  layerShares,
} from './gates.js';
export { gateSlack } from './graph.js';
export { type LowerOptions, lower, lowerAlone } from './lower.js';
export { peakActivationBytes } from './memory.js';
export {
  type ReferenceInfo,
  referenceArchitecture,
  referenceInfo,
  referenceNames,
} from './reference/index.js';
export { scaleTo } from './scale.js';
export type { Gene } from './space/genes.js';
export { type SpaceSource, alignSchema, isMixStage, opOfStage, spaceSchema } from './space/schema.js';
export { type MixnetSpace, type ParseSpaceOptions, parseSpace } from './space/space.js';
