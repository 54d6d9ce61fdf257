/** From one block to its ops: one function for each kind of block. */
import { unreachable } from '../base/index.js';
import type { Activation, Block, BlockOf } from './block.js';
import type { GraphBuilder } from './builder.js';
import { lowerMixBlock } from './lower-mix-block.js';
import { lowerMobileVit } from './lower-mobile-vit.js';

/**
 * Appends block number `index`, reading op `from`; returns the id of its output.
 * @param allowed groups of a gated block, see `LowerOptions.groups`.
 * @throws MixnasError `bad-config` that names the block when its channels do not divide as it asks.
 */
export function lowerBlock(
  g: GraphBuilder,
  index: number,
  block: Block,
  from: number,
  allowed?: number,
): number {
  g.block = index;
  const out = lowerAny(g, index, block, from, allowed);
  g.block = undefined;
  return out;
}

function lowerAny(g: GraphBuilder, index: number, block: Block, from: number, allowed?: number): number {
  const name = `blocks.${index}`;
  switch (block.op) {
    case 'inverted-residual':
      return lowerMixBlock(g, index, block, from, allowed);
    case 'depthwise-separable': {
      const x = depthwiseUnit(g, `${name}.depthwise`, from, block, block.activation);
      return pointwiseUnit(g, `${name}.pointwise`, x, block.out, block.activation);
    }
    case 'shuffle':
      return lowerShuffle(g, name, block, from);
    case 'max-pool':
      return g.maxPool(`${name}.pool`, from, block.kernel, block.stride);
    case 'mobile-vit':
      return lowerMobileVit(g, name, block, from);
    default:
      return unreachable(block);
  }
}

/** Depthwise convolution, batch norm, activation. */
function depthwiseUnit(
  g: GraphBuilder,
  name: string,
  from: number,
  { kernel, stride }: { readonly kernel: number; readonly stride: number },
  activation: Activation,
): number {
  const x = g.batchNorm(`${name}.bn`, g.depthwise(name, from, kernel, stride));
  return g.activation(`${name}.act`, x, activation);
}

/** 1x1 convolution, batch norm, activation. */
function pointwiseUnit(
  g: GraphBuilder,
  name: string,
  from: number,
  out: number,
  activation: Activation,
): number {
  const x = g.batchNorm(`${name}.bn`, g.conv(name, from, out));
  return g.activation(`${name}.act`, x, activation);
}

/** A unit of ShuffleNetV2; see `shuffleUnit` of the architecture. */
function lowerShuffle(g: GraphBuilder, name: string, block: BlockOf<'shuffle'>, from: number): number {
  const input = g.channels(from);
  const half = block.out / 2;
  const main = (x: number) => {
    const reduced = pointwiseUnit(g, `${name}.main.reduce`, x, half, block.activation);
    const mixed = depthwiseUnit(g, `${name}.main.depthwise`, reduced, block, 'linear');
    return pointwiseUnit(g, `${name}.main.pointwise`, mixed, half, block.activation);
  };
  let parts: readonly [number, number];
  if (block.stride === 1 && block.out === input) {
    const kept = g.slice(`${name}.split.0`, from, 0, half);
    parts = [kept, main(g.slice(`${name}.split.1`, from, half, half))];
  } else {
    const side = depthwiseUnit(g, `${name}.side.depthwise`, from, block, 'linear');
    parts = [pointwiseUnit(g, `${name}.side.pointwise`, side, half, block.activation), main(from)];
  }
  return g.shuffle(`${name}.shuffle`, g.concat(`${name}.concat`, parts), 2);
}
