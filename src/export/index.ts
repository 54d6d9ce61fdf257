/**
 * Export: a trained network to files that other runtimes run, and the proof that they compute the same. Read
 * lower/graph.ts first: every encoder reads the lowered graph.
 */
export * from './lower/index.js';
export { interpret } from './interpret/index.js';
export { type TfliteOptions, encodeTflite } from './tflite/index.js';
export {
  type CheckRuntime,
  type Comparison,
  accuracyOf,
  compareLogits,
  liteRtFiles,
  loadLiteRt,
  loadOnnxRuntime,
  loadPytorch,
  loadTfliteC,
} from './check/index.js';
export {
  type Calibrated,
  type CalibrationMethod,
  type LayerError,
  type QuantizeOptions,
  calibrate,
  calibrationMethods,
  createSimulation,
  layerErrors,
  quantizeGraph,
  quantizeObserved,
  withIntegerEnds,
} from './quantize/index.js';
export { type OnnxFileOptions, encodeOnnxFile } from './onnx/index.js';
export { type PytorchProgram, pytorchProgram } from './pytorch/index.js';
export {
  type FineTuneOptions,
  type QuantizedNetwork,
  createQuantizedNetwork,
  fineTune,
} from './finetune/index.js';
