/** Checking exported files in the runtimes that run them. Read runtime.ts first. */
export type { CheckRuntime } from './runtime.js';
export { type Comparison, accuracyOf, compareLogits } from './compare.js';
export { liteRtFiles, loadLiteRt } from './litert.js';
export { loadTfliteC } from './tflite-c.js';
export { loadOnnxRuntime } from './onnxruntime.js';
export { loadPytorch } from './pytorch.js';
