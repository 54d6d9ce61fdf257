/** Scores without running anything: the ones that every other score has to beat. */
import { type LayerGraph, countCost } from '../../models/index.js';
import type { trivialScores } from './names.js';

/** The longest way through the graph, in layers that have a kernel. */
function depthOf(graph: LayerGraph): number {
  const depths: number[] = [];
  for (const { kind, inputs } of graph.ops) {
    const weighs = kind === 'conv2d' || kind === 'depthwiseConv2d' || kind === 'dense';
    depths.push(Math.max(0, ...inputs.map((id) => depths[id] as number)) + (weighs ? 1 : 0));
  }
  return depths.at(-1) ?? 0;
}

/** Parameters and multiply-adds as `countCost` counts them, and depth in layers with a kernel. */
export function trivialScoresOf(graph: LayerGraph): Record<(typeof trivialScores)[number], number> {
  const { params, macs } = countCost(graph);
  return { params, macs, depth: depthOf(graph) };
}
