/** Quantization to 8-bit integers after training. Read quantize.ts first. */
export { type CalibrationMethod, calibrationMethods } from './observe.js';
export {
  type Calibrated,
  type QuantizeOptions,
  calibrate,
  jointValues,
  largestFactor,
  quantizeConstants,
  quantizeGraph,
  quantizeObserved,
} from './quantize.js';
export { isFixed, isPassive } from './borders.js';
export { toFloats } from './parameters.js';
export { isWeighted, smallestShare } from './weights.js';
export { type LayerError, layerErrors } from './layer-errors.js';
export { createSimulation } from './simulate.js';
export { withIntegerEnds } from './integer-ends.js';
