/** ONNX files of the lowered graph. Read encode.ts first. */
export { type OnnxFileOptions, encodeOnnxFile } from './encode.js';
