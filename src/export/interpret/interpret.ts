/**
 * The lowered graph computed without any runtime, for one image: what calibration measures ranges with, and what
 * tests compare encoders with.
 */
import { InternalError, unreachable } from '../../base/index.js';
import type { LoweredGraph, LoweredNode } from '../lower/index.js';
import { convolve, convolveDepthwise, maxPool } from './convolution.js';
import { activate, binary, dense, matmul, mean, softmax, unary } from './floats.js';
import { move } from './movement.js';

type Shape = readonly number[];

/** Receives each value as it is made, by its id in the graph; what it returns takes the value's place. */
export type ValueListener = (id: number, data: Float32Array) => Float32Array | undefined;

/**
 * The logits of one image.
 * @param image normalised pixels, `[height, width, channels]`.
 * @param onValue called for the input and for every value that a node makes; the array must not be changed.
 */
export function interpret(graph: LoweredGraph, image: Float32Array, onValue?: ValueListener): Float32Array {
  const data: (Float32Array | undefined)[] = graph.values.map((value) => value.data);
  const set = (id: number, values: Float32Array) => {
    data[id] = onValue?.(id, values) ?? values;
  };
  const lastReader = new Map<number, LoweredNode>();
  for (const node of graph.nodes) for (const id of node.inputs) lastReader.set(id, node);
  set(graph.input, image);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => data[id] as Float32Array);
    const shapes = node.inputs.map((id) => graph.values[id]?.shape as Shape);
    const outShapes = node.outputs.map((id) => graph.values[id]?.shape as Shape);
    evaluate(node, inputs, shapes, outShapes).forEach((values, i) => set(node.outputs[i] as number, values));
    for (const id of node.inputs) if (lastReader.get(id) === node) data[id] = undefined;
  }
  const output = data[graph.output];
  if (!output) throw new InternalError('the output was not made');
  return output;
}

/** The values that one node makes. */
export function evaluate(
  node: LoweredNode,
  inputs: readonly Float32Array[],
  shapes: readonly Shape[],
  outShapes: readonly Shape[],
): readonly Float32Array[] {
  const [x, second, third] = inputs as [Float32Array, Float32Array, Float32Array];
  const [from, secondShape] = shapes as [Shape, Shape];
  const to = outShapes[0] as Shape;
  switch (node.kind) {
    case 'conv2d':
      return [activate(convolve(x, from, second, secondShape, third, to, node), node.fused)];
    case 'depthwiseConv2d':
      return [activate(convolveDepthwise(x, from, second, secondShape, third, to, node), node.fused)];
    case 'dense':
      return [activate(dense(x, second, third), node.fused)];
    case 'binary':
      return [activate(binary(node.operator, x, second, from, secondShape), node.fused)];
    case 'unary':
      return [unary(node.operator, x)];
    case 'mean':
      return [mean(x, from, to)];
    case 'maxPool':
      return [maxPool(x, from, to, node)];
    case 'softmax':
      return [softmax(x, from.at(-1) as number)];
    case 'matmul':
      return [matmul(x, second, from, to, node.transposeSecond)];
    case 'split':
    case 'slice':
    case 'concat':
    case 'reshape':
    case 'transpose':
    case 'pad':
      return move(node, inputs, shapes, outShapes);
    case 'quantize':
    case 'dequantize':
      return [x];
    default:
      return unreachable(node);
  }
}
