/** From an architecture to its layer graph: the one place where shapes and op names are decided. */
import type { Architecture } from './architecture.js';
import type { Block } from './blocks/index.js';
import { GraphBuilder } from './builder.js';
import type { LayerGraph } from './graph.js';
import { lowerBlock } from './blocks/index.js';

/** Where a network runs, if not at the architecture's own resolution and number of classes. */
export interface LowerOptions {
  /** Input height and width in pixels. */
  readonly resolution?: number;
  readonly classes?: number;
  /**
   * Only so many groups of each gated block: those with the smallest kernels. What a device runs that has
   * switched the others off. For pricing; weights of the whole network do not fit it.
   */
  readonly groups?: number;
}

/**
 * The layer graph of an architecture: ops in execution order, NHWC shapes, SAME padding. Op names do not
 * depend on resolution or classes, so weights learnt at one resolution fit at another.
 * @throws MixnasError `bad-config` that names the block when its channels do not divide among its groups.
 */
export function lower(architecture: Architecture, at: LowerOptions = {}): LayerGraph {
  const { resolution = architecture.resolution, classes = architecture.classes } = at;
  const { stem, blocks, head } = architecture;
  const g = new GraphBuilder();
  let x = g.input(resolution, architecture.inputChannels);
  x = g.conv('stem.conv', x, stem.out, stem);
  x = g.batchNorm('stem.bn', x);
  x = g.activation('stem.act', x, stem.activation);
  blocks.forEach((block, index) => {
    x = lowerBlock(g, index, block, x, at.groups);
  });
  if (head.out > 0) {
    x = g.conv('head.conv', x, head.out);
    x = g.batchNorm('head.bn', x);
    x = g.activation('head.act', x, head.activation);
  }
  x = g.mean('head.mean', x);
  if (head.hidden) {
    const { out, batchNorm, activation } = head.hidden;
    x = g.conv('head.hidden', x, out, { bias: !batchNorm });
    if (batchNorm) x = g.batchNorm('head.hidden.bn', x);
    x = g.activation('head.hidden.act', x, activation);
  }
  if (head.dropout > 0) x = g.dropout('head.dropout', x, head.dropout);
  g.dense('head.dense', x, classes);
  return { name: architecture.name ?? 'architecture', resolution, classes, ops: g.ops };
}

/**
 * The layer graph of a network of one block, whose input has this size and these channels: what a block costs
 * depends on nothing else.
 * @throws MixnasError as `lower` does.
 */
export function lowerAlone(block: Block, size: number, channels: number): LayerGraph {
  return lower({
    resolution: size,
    classes: 1,
    inputChannels: 1,
    stem: { out: channels, kernel: 1, stride: 1, activation: 'linear' },
    blocks: [block],
    head: { out: 0, activation: 'linear', dropout: 0 },
  });
}
