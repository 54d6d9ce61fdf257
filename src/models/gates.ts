/** What the gates of a graph decide about. */
import type { Architecture } from './architecture.js';
import { kernelMacs } from './cost.js';
import type { AnyGraph, AnyOp, GroupScaleOp } from './graph.js';
import { describeBlock, mixLabel } from './blocks/index.js';

/** The gate of one block. */
export interface GraphGate {
  /** As in `blocks.3.gate`. */
  readonly name: string;
  /** The op that gives the weights of the groups, `[1, 1, groups]`; those that are skipped have weight 0. */
  readonly weights: number;
  readonly groups: number;
  readonly hard: boolean;
  /** MACs of each group's depthwise convolution, which a group that is off does not cost. */
  readonly macs: readonly number[];
  /** The names of those convolutions. */
  readonly layers: readonly string[];
}

/** The gates of a graph, in order. */
export function gatesOf(graph: AnyGraph): readonly GraphGate[] {
  const scales = graph.ops.filter((op): op is GroupScaleOp => op.kind === 'groupScale');
  return scales.map((scale) => {
    const convolutions = graph.ops.filter((op) => op.kind === 'depthwiseConv2d' && op.block === scale.block);
    return {
      name: scale.name.slice(0, -'.scale'.length),
      weights: scale.inputs[1] as number,
      groups: scale.sizes.length,
      hard: scale.gate === 'hard',
      macs: convolutions.map((op) => kernelMacs(graph, op)),
      layers: convolutions.map((op) => op.name),
    };
  });
}

/** Whether blocks of an architecture have gates. */
export function hasGates({ blocks }: Pick<Architecture, 'blocks'>): boolean {
  return blocks.some((block) => (describeBlock(block).gate ?? 'none') !== 'none');
}

/** The metric that says how much block `block` wants a kernel: `gate.3.5d2` for 5x5 with dilation 2. */
export function gateMetric(block: number, part: string): string {
  return `gate.${block}.${part}`;
}

/**
 * What gates say of their kernels, as metrics: the mean weight of each, even weights being 1.
 * @param means mean weights of the groups by the gate's name, as in `blocks.3.gate`; of even weights 1 / groups.
 */
export function gateMetrics(
  architecture: Architecture,
  means: Readonly<Record<string, readonly number[]>>,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [block, layer] of architecture.blocks.entries()) {
    const { kernels, dilations } = describeBlock(layer);
    const weights = means[`blocks.${block}.gate`];
    const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
    if (!weights || !(total > 0)) continue;
    kernels.forEach((kernel, i) => {
      const part = mixLabel([kernel], [dilations?.[i] ?? 1]);
      metrics[gateMetric(block, part)] = Number(
        (((weights[i] as number) * kernels.length) / total).toFixed(3),
      );
    });
  }
  return metrics;
}

/** How often each group of each gate runs, by the gate's name: from 0 to 1. */
export type GateShares = Readonly<Record<string, readonly number[]>>;

/** For each layer that a hard gate may skip, how often it runs; layers that are not named always do. */
export function layerShares(graph: AnyGraph, shares: GateShares): ReadonlyMap<string, number> {
  return new Map(
    gatesOf(graph).flatMap(({ name, hard, layers }) =>
      hard ? layers.map((layer, group): [string, number] => [layer, shares[name]?.[group] ?? 1]) : [],
    ),
  );
}

/** MACs of an image on average, when the groups of hard gates run as often as `shares` say. */
export function expectedMacs(graph: AnyGraph, shares: GateShares): number {
  const runs = layerShares(graph, shares);
  return graph.ops.reduce((sum, op: AnyOp) => sum + kernelMacs(graph, op) * (runs.get(op.name) ?? 1), 0);
}
