/** The lowered graph: what a trained network becomes for other runtimes. Read graph.ts first, then lower.ts. */
export type * from './graph.js';
export type * from './quantized.js';
export { type NetworkData, lowerGraph, lowerNetwork } from './lower.js';
export { cutGraph } from './cut.js';
export { deployedArchitecture, deployedGraph } from './deployed.js';
export { type ExportTarget, type LowerOptions, exportTargets, targetOptions } from './options.js';
