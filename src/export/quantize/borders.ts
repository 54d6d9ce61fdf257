/** Where a quantized graph changes between floats and integers. */
import type { LoweredGraph, LoweredNode, Value } from '../lower/index.js';

/** Ops that only move numbers, or choose among them: in integers, what they read and make has one scale. */
export const isPassive = ({ kind }: LoweredNode): boolean =>
  ['split', 'slice', 'concat', 'maxPool', 'reshape', 'transpose', 'pad'].includes(kind);

/** Ops whose output has a scale that the specification fixes. */
export const isFixed = (node: LoweredNode): boolean =>
  node.kind === 'softmax' || (node.kind === 'unary' && node.operator === 'logistic');

/** Layers that stay float: normalisation over channels and attention lose too much, and old runtimes lack them. */
function floatLayers({ nodes }: LoweredGraph): ReadonlySet<string> {
  const isFloat = (node: LoweredNode) =>
    node.kind === 'matmul' ||
    (node.kind === 'unary' && node.operator === 'rsqrt') ||
    (node.kind === 'binary' && node.operator === 'squaredDifference');
  return new Set(nodes.filter(isFloat).map(({ layer }) => layer));
}

export interface BorderedGraph {
  readonly graph: LoweredGraph;
  /** By value: whether it is in integers. Constants are what their reader is. */
  readonly integer: readonly boolean[];
}

/**
 * The graph with QUANTIZE and DEQUANTIZE where they are needed.
 * @param io the numbers that the file reads and gives.
 */
export function withBorders(graph: LoweredGraph, io: 'float' | 'int8'): BorderedGraph {
  const floats = floatLayers(graph);
  const values: Value[] = [...graph.values];
  const nodes: LoweredNode[] = [];
  const integer = values.map(() => false);
  /** The same numbers as a value, in the other form. */
  const other = new Map<string, number>();
  const isConstant = (id: number) => values[id]?.data !== undefined;

  const convert = (id: number, kind: 'quantize' | 'dequantize', suffix: string): number => {
    const key = `${id}/${suffix}`;
    const known = other.get(key);
    if (known !== undefined) return known;
    const { name, shape } = values[id] as Value;
    values.push({ name: `${name}/${suffix}`, shape });
    const made = values.length - 1;
    integer[made] = kind === 'quantize';
    nodes.push({ name: `${name}/${suffix}`, inputs: [id], outputs: [made], layer: name, kind });
    other.set(key, made);
    return made;
  };

  integer[graph.input] = io === 'int8';
  const fixed = new Set<number>();
  for (const node of graph.nodes) {
    const isInteger = !floats.has(node.layer);
    const inputs = node.inputs.map((id) => {
      if (isConstant(id)) {
        integer[id] = isInteger;
        return id;
      }
      if (integer[id] !== isInteger) {
        return isInteger ? convert(id, 'quantize', 'int8') : convert(id, 'dequantize', 'float');
      }
      // One of a fixed scale becomes one of the scale that what is moved together has.
      return isInteger && isPassive(node) && fixed.has(id) ? convert(id, 'quantize', 'rescaled') : id;
    });
    nodes.push({ ...node, inputs });
    for (const id of node.outputs) {
      integer[id] = isInteger;
      if (isInteger && isFixed(node)) fixed.add(id);
    }
  }
  let { output } = graph;
  if (io === 'float' && integer[output]) {
    // The name of the output is that of the floats.
    const { name } = values[output] as Value;
    values[output] = { ...(values[output] as Value), name: `${name}/int8` };
    const made = convert(output, 'dequantize', 'float');
    values[made] = { ...(values[made] as Value), name };
    output = made;
  }
  return { graph: { ...graph, values, nodes, output }, integer };
}
