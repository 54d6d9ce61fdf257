/** Formats: a layer graph plus weights to the bytes that other runtimes read. Pure. */
export { type FoldedOp, foldBatchNorm } from './fold.js';
export { type OnnxOptions, encodeOnnx } from './onnx/index.js';
export { type NamedWeights, type WeightArray, randomWeights } from './weights.js';
export * as tflite from './tflite/index.js';
export {
  type InputShape,
  type ModelFile,
  type Precision,
  type ReadModelOptions,
  type UnknownOp,
  readModel,
} from './read/index.js';
export * as onnx from './onnx/index.js';
