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
  /** Bounds of the share of each gate by itself; none by default. */
  readonly bounds?: GateBounds | undefined;
  /** The same batch with every group running, in the same step; not by default. */
  readonly open?: OpenPass | undefined;
  /**
   * The share of each gate's MACs that runs, the groups with the highest weights of the batch first; by default the
   * threshold decides. Of gates whose threshold is learned: it follows.
   */
  readonly running?: number | undefined;
}

/**
 * weight / gates * sum of max(0, share - high)^2 + max(0, low - share)^2 over the hard gates is added to the loss; share:
 * of a gate's own skippable MACs, those that run (Li et al., Dynamic Dual Gating, ICCV 2021, section 3.3).
 */
export interface GateBounds {
  readonly weight: number;
  readonly low: number;
  readonly high: number;
}

/**
 * With y the targets, p what the open network answers (without a gradient) and CE the cross-entropy:
 * weight * CE(open, y) + (1 - weight) * CE(gated, y + distillation * (p - y)).
 */
export interface OpenPass {
  readonly weight: number;
  readonly distillation: number;
}

/** What steps may ask of gates beyond the threshold and the penalty on all MACs; recorded only where it is used. */
export interface GateFeatures {
  readonly bounds?: boolean | undefined;
  /** `teacher`: the open pass is not trained itself. */
  readonly open?: 'teacher' | 'trained' | undefined;
  readonly rank?: boolean | undefined;
}

/** Gates left alone: as at inference, but differentiable where they are soft. */
export const plainControls: GateControls = { temperature: 1, hardness: 1, penalty: 0, target: 0 };

/** Added within the logarithm of a weight, so that a weight of 0 has one. */
export const logFloor = 1e-6;

/** Rounding in a sum of MACs by rank: a share of 1 is all groups. */
export const rankSlack = 1e-4;

/** A threshold that follows ranks stays this far from 0 and 1, whose raw values are infinite. */
export const thresholdMargin = 1e-3;

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
  /** Each group's share of its own gate's skippable MACs, by the id of its hard gate. */
  readonly ownWeights: ReadonlyMap<number, Float32Array>;
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
    ownWeights: new Map(
      hard.map(({ weights, macs }) => {
        const own = macs.reduce((a, b) => a + b, 0);
        return [weights, Float32Array.from(macs, (n) => n / own)];
      }),
    ),
    weights: new Map(gates.map(({ name, weights }) => [name, graph.ops[weights] as Op])),
  };
}
