/** An architecture, or the layer graph made from it, as plain data that a user can read and edit. */
import { type AnyGraph, type Architecture, unmetAlignment } from '../../models/index.js';
import { resolveArchitecture } from './architecture.js';
import { type GraphOptions, resolveGraph } from './graph.js';

export type ShowOptions = GraphOptions;

/**
 * An architecture with every default written out. Saved to a file, it is read again as the same network.
 * @param spec see `resolveArchitecture`.
 */
export function showArchitecture(spec: string, options: ShowOptions = {}): Architecture {
  const { architecture, name } = resolveArchitecture(spec);
  return {
    ...architecture,
    name: architecture.name ?? name,
    resolution: options.resolution ?? architecture.resolution,
    classes: options.classes ?? architecture.classes,
  };
}

/** Blocks whose channels are too few for the multiples that they ask for, a sentence each. */
export function unmetAlignmentOf(spec: string): string[] {
  return unmetAlignment(resolveArchitecture(spec).architecture);
}

/**
 * The layer graph of an architecture or of a model file: its ops in execution order, shapes NHWC without the batch.
 * See docs/network-format.md.
 */
export function showGraph(spec: string, options: ShowOptions = {}): AnyGraph {
  return resolveGraph(spec, options).graph;
}
