/** What emitting one op of a layer graph takes and gives. */
import type { HardGateOp, LayerGraph } from '../../../models/index.js';
import type { Gradients } from './gradients.js';
import type { GraphWriter, Ref } from './graph-writer.js';

/** How gates are steered from outside; all but `closed` and `allowed` only in training. */
export interface GateFeeds {
  /** `[8]`: 0 for the ranks that may run, -1e9 for the others. */
  readonly closed: Ref;
  /** How many groups may run. */
  readonly allowed: Ref;
  readonly temperature: Ref;
  /** `[batch, groups of all hard gates]`. */
  readonly noise: Ref;
  /** 1: groups are on or off, straight through; 0: as far as the relaxation says. */
  readonly hardness: Ref;
  /** The gradient of the penalty by the share of MACs that run; see `program.ts`. */
  penaltySlope: Ref | undefined;
  /** The gradient of the bounds by the share of each gate's own MACs that run, by op id. */
  boundSlopes: ReadonlyMap<number, Ref> | undefined;
  /** The share of each gate's MACs that may run by rank; only where that is recorded. */
  readonly running: Ref | undefined;
}

/** The surroundings of an op that is being recorded. */
export interface Surroundings {
  readonly g: GraphWriter;
  readonly graph: LayerGraph;
  /** Whether our own device kernels may be used. */
  readonly kernels: boolean;
  /** Batch statistics and dropout, or running statistics and none. */
  readonly training: boolean;
  /** Whether every group of hard gates runs, whatever its weight. */
  readonly open?: boolean;
  /** The current value of a variable. */
  variable(name: string): Ref;
  /** Reports the statistics of this batch, to be merged into the running ones. */
  statistics(name: string, value: Ref): void;
  /** `[2]` int32, new at each step: seeds what is random in it. */
  readonly stepSeed: Ref;
  /** How gates are steered; only where the graph has some. */
  gates(): GateFeeds;
  /** The first column of a hard gate's noise. */
  noiseBegin(op: HardGateOp): number;
  /** Each group's share of the skippable MACs. */
  penaltyWeights(op: HardGateOp): Float32Array | undefined;
  /** Each group's share of its own gate's skippable MACs. */
  ownWeights(op: HardGateOp): Float32Array | undefined;
  /** The recorded output of an op that came before. */
  outputOf(id: number): Ref;
}

/** A recorded op: its output, and how to record its part of the backward pass. */
export interface Layer {
  readonly output: Ref;
  /** Given the gradient by the output, adds those by the inputs and variables to `into`. */
  backward(gradient: Ref, into: Gradients): void;
  /** Of a hard gate: 1 for the groups that run, 0 for the others, `[batch, 1, 1, groups]`. */
  readonly mask?: Ref;
}
