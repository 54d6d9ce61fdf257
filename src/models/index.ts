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
export { splitChannels } from './split.js';
