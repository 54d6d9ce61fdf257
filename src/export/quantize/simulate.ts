/**
 * A quantized graph computed in plain TypeScript: every value is rounded to its integers, sums are exact. Runtimes
 * differ from it, as from each other, where their fixed-point arithmetic rounds another way: by a step now and then.
 */
import { interpret } from '../interpret/index.js';
import type { LoweredGraph, QuantizedGraph } from '../lower/index.js';
import { toFloats, toIntegers } from './parameters.js';

/** A quantized network that can be asked. */
type Simulation = (image: Float32Array, onValue?: (id: number, data: Float32Array) => void) => Float32Array;

/** Prepares the integers of `source` as the floats that they stand for. */
export function createSimulation({ graph, values }: QuantizedGraph): Simulation {
  const rounded: LoweredGraph = {
    ...graph,
    values: graph.values.map((value, id) => {
      const quantization = values[id];
      if (!quantization?.data) return value;
      return { ...value, data: toFloats(quantization.data, value.shape, quantization) };
    }),
  };
  return (image, onValue) =>
    interpret(rounded, image, (id, data) => {
      const quantization = values[id];
      const { shape } = graph.values[id] as LoweredGraph['values'][number];
      const kept = quantization ? toFloats(toIntegers(data, shape, quantization), shape, quantization) : data;
      onValue?.(id, kept);
      return kept;
    });
}
