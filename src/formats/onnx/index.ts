/** ONNX: its wire format, and a layer graph with weights written in it. */
export { type OnnxOptions, encodeOnnx } from './encode.js';
export { type Graph, type Node, type Tensor, type ValueInfo, decodeModel } from './decode.js';
export { dataTypes, modelType } from './schema.js';
