/** An architecture, or the layer graph made from it, as plain data that a user can read and edit. */
import { type Architecture, type LayerGraph, lower } from '../../models/index.js';
import { resolveArchitecture } from './architecture.js';

export interface ShowOptions {
  /** Input height and width in pixels; the architecture's own by default. */
  readonly resolution?: number | undefined;
  /** The architecture's own by default. */
  readonly classes?: number | undefined;
}

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

/**
 * The layer graph of an architecture: its ops in execution order, shapes NHWC without the batch.
 * See docs/network-format.md.
 */
export function showGraph(spec: string, options: ShowOptions = {}): LayerGraph {
  return lower(showArchitecture(spec, options));
}
