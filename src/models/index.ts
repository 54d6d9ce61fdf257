/** Models: architectures as data, their layer graphs, and what those cost. Pure, loads in milliseconds. */
export {
  type Activation,
  type Architecture,
  type ArchitectureInput,
  type Block,
  activations,
  architectureHash,
  architectureSchema,
  parseArchitecture,
} from './architecture.js';
export { type Cost, type Count, type LayerCost, cost, countCost } from './cost.js';
export type {
  ActivationOp,
  BatchNormOp,
  Conv2dOp,
  DenseOp,
  DepthwiseOp,
  DropoutOp,
  GroupScaleOp,
  LayerGraph,
  Op,
  OpKind,
  Shape,
  SliceOp,
} from './graph.js';
export { type LowerOptions, lower } from './lower.js';
export { peakActivationBytes } from './memory.js';
export {
  type ReferenceInfo,
  referenceArchitecture,
  referenceInfo,
  referenceNames,
} from './reference/index.js';
export { scaleTo } from './scale.js';
export type { Gene } from './space/genes.js';
export { type SpaceSource, spaceSchema } from './space/schema.js';
export { type MixnetSpace, parseSpace } from './space/space.js';
export { splitChannels } from './split.js';
