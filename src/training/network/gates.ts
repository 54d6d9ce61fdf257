/** What both paths know of gates. */
import { type LayerGraph, type Op, gatesOf } from '../../models/index.js';

/** How the gates are steered in one training step. */
export interface GateControls {
  /** Divides the logits of the groups and of the hard decision; 1 at inference. */
  readonly temperature: number;
  /** What is added to the logits of hard decisions: `[count, noiseWidth(graph)]`; zeros when left out. */
  readonly noise?: Float32Array | undefined;
  /** 1: a group is on or off; 0: the relaxation, which has a true gradient. */
  readonly hardness: number;
  /** How many groups of a gate may run, those with the smallest kernels; all by default. */
  readonly groups?: number | undefined;
  /** penalty * max(0, share - target)^2 is added to the loss; share: of the skippable MACs, those that run. */
  readonly penalty: number;
  readonly target: number;
}

/** Gates left alone: as at inference, but differentiable where they are soft. */
export const plainControls: GateControls = { temperature: 1, hardness: 1, penalty: 0, target: 0 };

/** Added within the logarithm of a weight, so that a weight of 0 has one. */
export const logFloor = 1e-6;

/** Most groups of a block. */
export const mostGroups = 8;

/** For each rank, 0 where it may run and a logit of nearly never where it may not. */
export function closedRanks(groups = mostGroups): Float32Array {
  return Float32Array.from({ length: mostGroups }, (_, rank) => (rank < groups ? 0 : -1e9));
}

/** What the paths precompute of a graph's gates. */
export interface GateLayout {
  readonly any: boolean;
  /** Groups of the gate that has most. */
  readonly mostGroups: number;
  /** Columns of the noise: the groups of all hard gates. */
  readonly noiseWidth: number;
  /** The first column of a hard gate's noise, by op id. */
  readonly noiseBegin: ReadonlyMap<number, number>;
  /** Each group's share of the graph's skippable MACs, by the id of its hard gate. */
  readonly penaltyWeights: ReadonlyMap<number, Float32Array>;
  /** The ops that give the weights of gates, by the gate's name. */
  readonly weights: ReadonlyMap<string, Op>;
}

/** The layout of a graph's gates. */
export function gateLayout(graph: LayerGraph): GateLayout {
  const gates = gatesOf(graph);
  const hard = gates.filter((gate) => gate.hard);
  const total = hard.reduce((sum, { macs }) => sum + macs.reduce((a, b) => a + b, 0), 0);
  const noiseBegin = new Map<number, number>();
  let noiseWidth = 0;
  for (const { weights, groups } of hard) {
    noiseBegin.set(weights, noiseWidth);
    noiseWidth += groups;
  }
  return {
    any: gates.length > 0,
    mostGroups: Math.max(0, ...gates.map(({ groups }) => groups)),
    noiseWidth,
    noiseBegin,
    penaltyWeights: new Map(
      hard.map(({ weights, macs }) => [weights, Float32Array.from(macs, (n) => n / total)]),
    ),
    weights: new Map(gates.map(({ name, weights }) => [name, graph.ops[weights] as Op])),
  };
}
