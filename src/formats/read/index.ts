/** Model files of others and ours as layer graphs that can be counted and priced. Read read.ts first. */
export type { InputShape } from './input-shapes.js';
export { type ModelFile, type Precision, type ReadModelOptions, type UnknownOp, readModel } from './read.js';
