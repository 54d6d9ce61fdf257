/** Where a quantized network's accuracy goes: the error of each layer. */
import { evaluate } from '../interpret/interpret.js';
import { interpret } from '../interpret/index.js';
import type { LoweredGraph, QuantizedGraph } from '../lower/index.js';
import { toFloats, toIntegers } from './parameters.js';
import { createSimulation } from './simulate.js';

export interface LayerError {
  /** The value's name, which is its layer's or a step of it. */
  readonly name: string;
  readonly block?: number | undefined;
  /** Of the numbers that the float network makes: the root of the mean square of the difference, by their own. */
  readonly error: number;
  /** The same where only this node is in integers: what it adds itself. */
  readonly own: number;
}

/** The errors of every layer in integers, in execution order, over some images. */
export function layerErrors(source: QuantizedGraph, images: readonly Float32Array[]): LayerError[] {
  const { graph, values } = source;
  const simulate = createSimulation(source);
  const count = graph.values.length;
  const sums = {
    signal: new Float64Array(count),
    error: new Float64Array(count),
    own: new Float64Array(count),
  };
  const rounded = (id: number, data: Float32Array): Float32Array => {
    const quantization = values[id];
    const shape = graph.values[id]?.shape as readonly number[];
    return quantization ? toFloats(toIntegers(data, shape, quantization), shape, quantization) : data;
  };
  const constants = graph.values.map(({ data, shape }, id) => {
    const quantization = values[id];
    return quantization?.data ? toFloats(quantization.data, shape, quantization) : data;
  });
  for (const image of images) {
    const exact: (Float32Array | undefined)[] = graph.values.map(() => undefined);
    interpret(graph, image, (id, data) => {
      exact[id] = data;
      return undefined;
    });
    simulate(image, (id, data) => add(sums.error, id, data, exact[id]));
    for (const node of graph.nodes) {
      const [id = 0] = node.outputs;
      if (!values[id]) continue;
      const inputs = node.inputs.map((from) => constants[from] ?? rounded(from, exact[from] as Float32Array));
      const shapes = node.inputs.map((from) => graph.values[from]?.shape as readonly number[]);
      const outShapes = node.outputs.map((to) => graph.values[to]?.shape as readonly number[]);
      const [own] = evaluate(node, inputs, shapes, outShapes);
      add(sums.own, id, rounded(id, own as Float32Array), exact[id]);
      add(sums.signal, id, exact[id] as Float32Array, undefined);
    }
  }
  const share = (part: Float64Array, id: number) =>
    Math.sqrt((part[id] as number) / Math.max(sums.signal[id] as number, 1e-30));
  return graph.nodes.flatMap(({ outputs, block }): LayerError[] => {
    const [id = 0] = outputs;
    if (!values[id]) return [];
    const { name } = graph.values[id] as LoweredGraph['values'][number];
    return [{ name, block, error: share(sums.error, id), own: share(sums.own, id) }];
  });
}

/** Adds the squares of the differences; with nothing to compare, of the numbers. */
function add(sums: Float64Array, id: number, data: Float32Array, other: Float32Array | undefined): void {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += ((data[i] as number) - (other?.[i] ?? 0)) ** 2;
  sums[id] = (sums[id] as number) + sum;
}
