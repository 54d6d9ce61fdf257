/** What the trials of a run say about its space: which choices matter, and what good networks have in common. */
export {
  type BlockShape,
  type GateWeights,
  type Position,
  type TraitName,
  blocksOf,
  positionsOf,
  traits,
} from './block-shapes.js';
export { type Importance, type Sample, importanceOf, importanceSteps } from './importance.js';
