/** Scales that were learnt, kept within what runtimes compute. */
import type { LoweredGraph, Quantization } from '../lower/index.js';
import { isWeighted, largestFactor } from '../quantize/index.js';

/**
 * The scales with those of outputs raised where a layer's factor would be too large.
 * @param root of each value, the one that stands for all of its scale.
 */
export function scalesWithinFactors(
  graph: LoweredGraph,
  scales: readonly (Quantization | undefined)[],
  root: (id: number) => number,
): (Quantization | undefined)[] {
  const least = new Map<number, number>();
  const scaleOf = (id: number) => Math.max(scales[id]?.scale[0] ?? 0, least.get(root(id)) ?? 0);
  for (const node of graph.nodes) {
    const [output = 0] = node.outputs;
    if (!isWeighted(node) || !scales[output]) continue;
    const [x, kernel] = node.inputs as [number, number];
    const weights = graph.values[kernel]?.data ?? new Float32Array();
    const largest = weights.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    const wanted = (scaleOf(x) * largest) / 127 / largestFactor;
    if (scaleOf(output) < wanted) least.set(root(output), wanted);
  }
  return scales.map((quantization, id) => {
    const needed = least.get(root(id));
    if (!quantization || needed === undefined || needed <= (quantization.scale[0] as number))
      return quantization;
    return { ...quantization, scale: Float32Array.of(needed) };
  });
}
