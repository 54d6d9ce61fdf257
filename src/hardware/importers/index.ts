/** Measurement files of other tools to rows of ours. Read detect.ts, then build.ts. */
export { type BuiltLaunch, type MeasuredWhole, buildMeasurements } from './build.js';
export { type CsvRow, csvRows } from './csv.js';
export { importWholes, kernelRows, networkLists } from './detect.js';
export { type ImportedLaunch, importGpuEndToEnd, importGpuOps } from './gpu-csv.js';
export { impliedAfter } from './implied.js';
export { kernelLists } from './kernel-lists.js';
export { Keeping } from './limits.js';
export { fileLines } from './lines.js';
export { timeKernels } from './op-classes.js';
export { separateKernels } from './separate.js';
export { importInference, importOpProfile } from './tflite-profile.js';
export { isOwnOp, timeGraph } from './time-graph.js';
export {
  type VelaNetwork,
  importVelaLayers,
  importVelaSummary,
  timeVela,
  velaKind,
} from './vela.js';
export { TimeSketch } from './time-sketch.js';
