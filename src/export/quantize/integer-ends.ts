/** A quantized graph that reads and gives integers: the same without QUANTIZE and DEQUANTIZE at its ends. */
import type { LoweredNode, QuantizedGraph, Value } from '../lower/index.js';

/** Takes the conversions off, where nothing else reads the floats. */
export function withIntegerEnds(source: QuantizedGraph): QuantizedGraph {
  const values = [...source.graph.values];
  let { nodes, input, output } = source.graph;
  const named = (id: number, name: string) => {
    values[id] = { ...(values[id] as Value), name };
  };
  const readers = nodes.filter(({ inputs }) => inputs.includes(input));
  const [first] = readers as [LoweredNode];
  if (readers.length === 1 && first.kind === 'quantize') {
    const { name } = values[input] as Value;
    named(input, `${name}/float`);
    input = first.outputs[0] as number;
    named(input, name);
    nodes = nodes.filter((node) => node !== first);
  }
  const last = nodes.find(({ outputs }) => outputs.includes(output));
  if (last?.kind === 'dequantize') {
    const { name } = values[output] as Value;
    named(output, `${name}/float`);
    output = last.inputs[0] as number;
    named(output, name);
    nodes = nodes.filter((node) => node !== last);
  }
  return { graph: { ...source.graph, values, nodes, input, output }, values: source.values };
}
