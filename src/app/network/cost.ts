/** What an architecture costs at the size it is deployed at. */
import { cost as costOfGraph, expectedMacs, type LayerCost, referenceInfo } from '../../models/index.js';
import { type GraphOptions, resolveGraph } from './graph.js';
import type { FileFacts } from './model-file.js';
import { sharesOf } from './saved.js';

export type CostOptions = GraphOptions;

export interface CostReport {
  readonly name: string;
  readonly params: number;
  readonly macs: number;
  readonly resolution: number;
  readonly classes: number;
  /** MACs of a validation image on average, where the network is trained and hard gates skip some. */
  readonly expectedMacs?: number;
  /** Largest sum of activations alive at once, at 4 bytes an element. */
  readonly peakActivationBytes: number;
  /** The paper's "FLOPs", which are its multiply-adds; only for a reference model at its own size. */
  readonly flopsPaper?: number;
  readonly layers: readonly LayerCost[];
  /** Of a model file: what it takes, and what in it is estimated. */
  readonly file?: FileFacts;
}

/**
 * Parameters, MACs and peak memory, in total and layer by layer.
 * @param spec see `resolveGraph`.
 */
export function cost(spec: string, options: CostOptions = {}): CostReport {
  const { graph, name, file, resolved } = resolveGraph(spec, options);
  const { layers, ...totals } = costOfGraph(graph);
  const skips = graph.ops.some((op) => op.kind === 'hardGate');
  const { architecture, source, gates } = resolved ?? {};
  const own = graph.resolution === architecture?.resolution && graph.classes === architecture.classes;
  const paper = source === 'reference' && own ? referenceInfo(name).flopsPaper : undefined;
  return {
    name,
    params: totals.params,
    macs: totals.macs,
    resolution: graph.resolution,
    classes: graph.classes,
    ...(gates && skips && { expectedMacs: expectedMacs(graph, sharesOf(gates)) }),
    peakActivationBytes: totals.peakActivationBytes,
    ...(paper === undefined ? {} : { flopsPaper: paper }),
    layers,
    ...(file && { file }),
  };
}
