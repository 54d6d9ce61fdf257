/** What networks do block by block, and the mean of many of them by position. */
import { groupBy } from '../../base/index.js';
import { type Architecture, type LayerGraph, describeBlock, outChannels } from '../../models/index.js';

/** Mean weight of each group of convolution kernels over validation images, by the gate's name, as in `blocks.3.gate`. */
export type GateWeights = Readonly<Record<string, readonly number[]>>;

/** What one block does, read from the layer graph. */
export interface BlockShape {
  /** `2.1`: the first block of the second stage; a stage begins where the stride is 2 or the width changes. */
  readonly position: string;
  /** Share of the channels by depthwise kernel size. */
  readonly kernels: ReadonlyMap<number, number>;
  readonly dilated: number;
  readonly groups: number;
  readonly gated: boolean;
  /** Weight that the gate gave on average, by kernel size, where that was recorded. */
  readonly gateWeights: ReadonlyMap<number, number> | undefined;
  readonly expansion: number;
  readonly seRatio: number;
}

/** Means over the networks that have a block at this position. */
export interface Position {
  readonly position: string;
  readonly networks: number;
  /** Mean share of the channels by kernel size; adds up to 1. */
  readonly kernels: ReadonlyMap<number, number>;
  /** Networks whose gate's weights are known here, and what they gave each kernel size on average. */
  readonly gates: { readonly networks: number; readonly weights: ReadonlyMap<number, number> };
  /** Mean of each trait, see `traits`. */
  readonly traits: Readonly<Record<TraitName, number>>;
}

/** What is averaged by position next to the kernel shares. */
export const traits = {
  kernel: { title: 'Mean size of convolution kernels', unit: 'pixels' },
  groups: { title: 'Convolution kernels mixed in a block', unit: '' },
  dilated: { title: 'Channels with dilation', unit: '%' },
  gated: { title: 'Blocks with a gate', unit: '%' },
  expansion: { title: 'Expansion', unit: '' },
  seRatio: { title: 'Squeeze-and-excitation ratio', unit: '' },
} as const;
export type TraitName = keyof typeof traits;

/** What each block of a network does. */
export function blocksOf(
  architecture: Architecture,
  graph: LayerGraph,
  gates: GateWeights = {},
): BlockShape[] {
  const kernels = architecture.blocks.map(() => new Map<number, number>());
  const channels = architecture.blocks.map(() => 0);
  const dilated = architecture.blocks.map(() => 0);
  for (const op of graph.ops) {
    if (op.kind !== 'depthwiseConv2d' || op.block === undefined) continue;
    const own = kernels[op.block] as Map<number, number>;
    own.set(op.kernel, (own.get(op.kernel) ?? 0) + op.shape[2]);
    channels[op.block] = (channels[op.block] as number) + op.shape[2];
    if (op.dilation > 1) dilated[op.block] = (dilated[op.block] as number) + op.shape[2];
  }
  let stage = 0;
  let place = 0;
  let width = architecture.stem.out;
  return architecture.blocks.map((block, i) => {
    const out = outChannels(block, width);
    const begins = i === 0 || block.stride === 2 || out !== width;
    [stage, place, width] = [...(begins ? ([stage + 1, 1] as const) : ([stage, place + 1] as const)), out];
    const shape = describeBlock(block);
    const own = kernels[i] as Map<number, number>;
    // A block without a depthwise convolution sees one pixel at a time.
    if (own.size === 0) own.set(1, 1);
    const all = channels[i] || 1;
    return {
      position: `${stage}.${place}`,
      kernels: new Map([...own].map(([size, count]) => [size, count / all])),
      dilated: (dilated[i] as number) / all,
      groups: shape.kernels.length,
      gated: (shape.gate ?? 'none') !== 'none' && shape.kernels.length > 1,
      gateWeights: bySize(shape.kernels, gates[`blocks.${i}.gate`]),
      expansion: shape.expansion ?? 1,
      seRatio: shape.seRatio ?? 0,
    };
  });
}

/** What a gate gave each kernel size: groups of one size, apart in their dilation, are added up. */
function bySize(
  kernels: readonly number[],
  weights: readonly number[] | undefined,
): ReadonlyMap<number, number> | undefined {
  if (weights?.length !== kernels.length) return undefined;
  const sums = new Map<number, number>();
  kernels.forEach((size, group) => sums.set(size, (sums.get(size) ?? 0) + (weights[group] as number)));
  return sums;
}

/** The means of networks by position. */
export function positionsOf(networks: readonly (readonly BlockShape[])[]): Position[] {
  const byPosition = groupBy(networks.flat(), ({ position }) => position);
  const order = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });
  return [...byPosition]
    .sort(([a], [b]) => order(a, b))
    .map(([position, blocks]) => {
      const mean = (value: (block: BlockShape) => number) =>
        blocks.reduce((sum, block) => sum + value(block), 0) / blocks.length;
      const sizes = [...new Set(blocks.flatMap((block) => [...block.kernels.keys()]))].sort((a, b) => a - b);
      const known = blocks.flatMap(({ gateWeights }) => gateWeights ?? []);
      const gateMean = (size: number) =>
        known.reduce((sum, weights) => sum + (weights.get(size) ?? 0), 0) / known.length;
      const weighed = sizes.filter((size) => known.some((weights) => weights.has(size)));
      return {
        position,
        networks: blocks.length,
        kernels: new Map(sizes.map((size) => [size, mean((block) => block.kernels.get(size) ?? 0)])),
        gates: { networks: known.length, weights: new Map(weighed.map((size) => [size, gateMean(size)])) },
        traits: {
          kernel: mean((block) => [...block.kernels].reduce((sum, [size, share]) => sum + size * share, 0)),
          groups: mean((block) => block.groups),
          dilated: mean((block) => block.dilated),
          gated: mean((block) => Number(block.gated)),
          expansion: mean((block) => block.expansion),
          seRatio: mean((block) => block.seRatio),
        },
      };
    });
}
