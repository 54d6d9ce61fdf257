/** Quantization to 8-bit integers after training. Read quantize.ts first. */
export { type CalibrationMethod, calibrationMethods } from './observe.js';
export { type QuantizeOptions, quantizeGraph } from './quantize.js';
export { type LayerError, layerErrors } from './layer-errors.js';
export { createSimulation } from './simulate.js';
