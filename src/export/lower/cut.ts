/**
 * A lowered graph in two: what a phone runs, and what a server runs from there. Between them lies one array. Where
 * several values cross the cut they are packed into it, so that every runtime has one input and one output.
 */
import type { LoweredGraph, LoweredNode, Value } from './graph.js';

/** The name of what the first half gives and the second reads. */
const featuresName = 'features';

interface Halves {
  readonly first: LoweredGraph;
  readonly second: LoweredGraph;
  /** The layers whose values cross the cut. */
  readonly crossing: readonly string[];
}

/** Copies a part of a graph with values of its own ids. */
class Part {
  readonly values: Value[] = [];
  readonly nodes: LoweredNode[] = [];
  readonly #ids = new Map<number, number>();

  constructor(private readonly graph: LoweredGraph) {}

  value(value: Value): number {
    this.values.push(value);
    return this.values.length - 1;
  }

  /** The id here of a value of the whole. */
  idOf(id: number): number {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const made = this.value(this.graph.values[id] as Value);
    this.#ids.set(id, made);
    return made;
  }

  /** A value of the whole is that of an id here. */
  bind(id: number, own: number): void {
    this.#ids.set(id, own);
  }

  copy(node: LoweredNode): void {
    const ids = (list: readonly number[]) => list.map((id) => this.idOf(id));
    this.nodes.push({ ...node, inputs: ids(node.inputs), outputs: ids(node.outputs) });
  }

  /** Appends a node of the cut itself; returns what it makes. */
  add(
    node: { readonly name: string; readonly inputs: readonly number[] } & (
      | { kind: 'reshape' }
      | { kind: 'concat' }
      | { kind: 'slice'; begin: readonly number[] }
    ),
    shape: readonly number[],
    name: string,
  ): number {
    const output = this.value({ name, shape });
    this.nodes.push({ ...node, outputs: [output], layer: featuresName });
    return output;
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/**
 * Cuts a graph before the first node of a layer that is not the first half's.
 * @returns undefined where one of the halves would be empty.
 */
export function cutGraph(graph: LoweredGraph, isFirst: (layer: string) => boolean): Halves | undefined {
  const at = graph.nodes.findIndex(({ layer }) => !isFirst(layer));
  if (at <= 0) return undefined;
  const [before, after] = [graph.nodes.slice(0, at), graph.nodes.slice(at)];
  const made = new Map(before.flatMap((node) => node.outputs.map((id) => [id, node.layer] as const)));
  made.set(graph.input, graph.signature.input);
  const crossing = [...new Set(after.flatMap(({ inputs }) => inputs))].filter((id) => made.has(id));
  return {
    first: firstHalf(graph, before, crossing),
    second: secondHalf(graph, after, crossing),
    crossing: crossing.map((id) => made.get(id) as string),
  };
}

function firstHalf(
  graph: LoweredGraph,
  nodes: readonly LoweredNode[],
  crossing: readonly number[],
): LoweredGraph {
  const part = new Part(graph);
  const input = part.idOf(graph.input);
  for (const node of nodes) part.copy(node);
  const [only, second] = crossing;
  const output = second === undefined ? part.idOf(only as number) : packed(part, graph, crossing);
  const { values } = part;
  values[output] = { ...(values[output] as Value), name: featuresName };
  const signature = { ...graph.signature, output: featuresName, labels: [] };
  return { name: `${graph.name}-phone`, values, nodes: part.nodes, input, output, signature };
}

function packed(part: Part, graph: LoweredGraph, crossing: readonly number[]): number {
  const flat = crossing.map((id, i) => {
    const size = sizeOf((graph.values[id] as Value).shape);
    const name = `${featuresName}/flat.${i}`;
    return part.add({ kind: 'reshape', name, inputs: [part.idOf(id)] }, [1, size], name);
  });
  const total = crossing.reduce((sum, id) => sum + sizeOf((graph.values[id] as Value).shape), 0);
  return part.add({ kind: 'concat', name: `${featuresName}/pack`, inputs: flat }, [1, total], featuresName);
}

function secondHalf(
  graph: LoweredGraph,
  nodes: readonly LoweredNode[],
  crossing: readonly number[],
): LoweredGraph {
  const part = new Part(graph);
  const shapes = crossing.map((id) => (graph.values[id] as Value).shape);
  const [shape = [], second] = shapes;
  const total = shapes.reduce((sum, one) => sum + sizeOf(one), 0);
  const input = part.value({ name: featuresName, shape: second === undefined ? shape : [1, total] });
  if (second === undefined) part.bind(crossing[0] as number, input);
  else unpack(part, input, crossing, shapes);
  for (const node of nodes) part.copy(node);
  const signature = { ...graph.signature, input: featuresName, mean: [0], std: [1] };
  return {
    name: `${graph.name}-server`,
    values: part.values,
    nodes: part.nodes,
    input,
    output: part.idOf(graph.output),
    signature,
  };
}

function unpack(
  part: Part,
  input: number,
  crossing: readonly number[],
  shapes: readonly (readonly number[])[],
): void {
  let begin = 0;
  crossing.forEach((id, i) => {
    const shape = shapes[i] as readonly number[];
    const size = sizeOf(shape);
    const name = `${featuresName}/part.${i}`;
    const flat = part.add({ kind: 'slice', name, inputs: [input], begin: [0, begin] }, [1, size], name);
    const whole = `${featuresName}/map.${i}`;
    part.bind(id, part.add({ kind: 'reshape', name: whole, inputs: [flat] }, shape, whole));
    begin += size;
  });
}
