/** What can run a layer graph on this host and be timed. */
import type { LayerGraph } from '../models/index.js';
import type { NodeTime } from './attribute.js';

export interface OpenModel {
  /** One inference of one image. */
  run(): Promise<void>;
  /** Closes the model; with `profile`, gives the time of each node in each run so far, in order of execution. */
  close(): Promise<readonly (readonly NodeTime[])[]>;
}

export interface Target {
  /** Name and version of the runtime. */
  readonly runtime: { readonly name: string; readonly version: string };
  /** Opens a graph with random weights. `profile` also times each node, which slows the whole a little. */
  open(graph: LayerGraph, options: { profile: boolean }): Promise<OpenModel>;
}

export const targetNames = ['onnxruntime', 'tfjs-node'] as const;
export type TargetName = (typeof targetNames)[number];
