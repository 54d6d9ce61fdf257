/** What emitting one op of a layer graph takes and gives. */
import type { LayerGraph } from '../../../models/index.js';
import type { Gradients } from './gradients.js';
import type { GraphWriter, Ref } from './graph-writer.js';

/** The surroundings of an op that is being recorded. */
export interface Surroundings {
  readonly g: GraphWriter;
  readonly graph: LayerGraph;
  /** Whether our own kernels may be used. */
  readonly kernels: boolean;
  /** Batch statistics and dropout, or running statistics and none. */
  readonly training: boolean;
  /** The current value of a variable. */
  variable(name: string): Ref;
  /** Tells the statistics of this batch, to be merged into the running ones. */
  statistics(name: string, value: Ref): void;
  /** `[2]` int32, new at each step: seeds what is random in it. */
  readonly stepSeed: Ref;
}

/** A recorded op: its output, and how to record its part of the backward pass. */
export interface Layer {
  readonly output: Ref;
  /** Given the gradient by the output, adds those by the inputs and variables to `into`. */
  backward(gradient: Ref, into: Gradients): void;
}
