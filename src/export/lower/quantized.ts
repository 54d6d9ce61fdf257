/**
 * A lowered graph in 8-bit integers. The number that an integer q stands for is (q - zeroPoint) * scale, as in
 * TensorFlow Lite's quantization specification.
 */
import type { LoweredGraph } from './graph.js';

/** How the integers of one value stand for numbers. */
export interface Quantization {
  readonly type: 'int8' | 'int32';
  /** One for the whole array, or one for each place along `axis`. */
  readonly scale: Float32Array;
  /** 0 where there are several scales. */
  readonly zeroPoint: number;
  readonly axis?: number;
  /** The integers of a constant. */
  readonly data?: Int8Array | Int32Array;
}

export interface QuantizedGraph {
  readonly graph: LoweredGraph;
  /** By value; undefined for values that stay float. */
  readonly values: readonly (Quantization | undefined)[];
}
