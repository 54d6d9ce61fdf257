/** The lowered graph itself as files, for those who write an encoder of their own. */
import type { LoweredGraph } from '../../export/index.js';
import { type WeightArray, encodeWeights } from '../../training/index.js';

/**
 * A JSON file with values, nodes and signature, and a safetensors file with the constants under the names of their
 * values. What each node means is said at the types of the lowered graph.
 */
export function encodeGraph(
  graph: LoweredGraph,
  name: string,
): { readonly name: string; readonly bytes: Uint8Array }[] {
  const constants = new Map<string, WeightArray>();
  const values = graph.values.map(({ name: value, shape, data }) => {
    if (data) constants.set(value, { shape, data });
    return { name: value, shape, constant: data !== undefined };
  });
  const text = `${JSON.stringify({ ...graph, values }, null, 1)}\n`;
  return [
    { name: `${name}.graph.json`, bytes: new TextEncoder().encode(text) },
    { name: `${name}.safetensors`, bytes: encodeWeights(constants) },
  ];
}
