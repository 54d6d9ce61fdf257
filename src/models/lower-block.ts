/**
 * From one block to its ops. The order inside an inverted residual is the authors' (Tan and Le, arXiv
 * 1907.09595): expand, mixed depthwise, squeeze-and-excitation, project, each followed by batch norm.
 */
import { MixnasError } from '../base/index.js';
import type { Block } from './architecture.js';
import type { GraphBuilder } from './builder.js';
import { splitChannels } from './split.js';

/** Channels inside a block of `input` channels. */
export function expandedChannels(input: number, expansion: number): number {
  return Math.round(input * expansion);
}

/** Squeezed channels of a block of `input` channels: the authors take the ratio of the *input*. */
function squeezedChannels(input: number, seRatio: number): number {
  return Math.max(1, Math.floor(input * seRatio));
}

/** Units of the first dense layer of a gate: a quarter of the block's input, at least one a group. */
function gateChannels(input: number, groups: number): number {
  return Math.max(groups, Math.floor(input / 4));
}

/** The channel counts that do not divide as the block asks, as the user would write them; else undefined. */
function misfit(block: Block, input: number, expanded: number): string | undefined {
  const { expandGroups, projectGroups, kernels, out } = block;
  const expands = block.expansion !== 1;
  if (expands && (input % expandGroups !== 0 || expanded % expandGroups !== 0))
    return `expandGroups ${expandGroups} does not divide its ${input} input and ${expanded} expanded channels`;
  if (expanded % projectGroups !== 0 || out % projectGroups !== 0)
    return `projectGroups ${projectGroups} does not divide its ${expanded} expanded and ${out} output channels`;
  if (expanded < kernels.length)
    return `${expanded} expanded channels are too few for ${kernels.length} kernels`;
  return undefined;
}

/** @throws MixnasError `bad-config` that names the block when channels do not divide among groups. */
function checkChannels(index: number, block: Block, input: number, expanded: number): void {
  const problem = misfit(block, input, expanded);
  if (problem === undefined) return;
  throw new MixnasError('bad-config', `Block ${index}: ${problem}.`, {
    remedy: 'Choose channels that are multiples of the number of groups.',
  });
}

/** The mixed depthwise convolution: each group of channels has its own kernel and dilation. */
function mixedDepthwise(g: GraphBuilder, name: string, from: number, block: Block, sizes: number[]): number {
  const parts = block.kernels.map((kernel, i) => {
    const begin = sizes.slice(0, i).reduce((sum, n) => sum + n, 0);
    const part = sizes.length === 1 ? from : g.slice(`${name}.split.${i}`, from, begin, sizes[i] as number);
    return g.depthwise(`${name}.depthwise.${i}`, part, kernel, block.stride, block.dilations?.[i] ?? 1);
  });
  return parts.length === 1 ? (parts[0] as number) : g.concat(`${name}.concat`, parts);
}

/**
 * Attention over the groups: z = global average of the expanded input `wide`, a = softmax(W2 act(W1 z)),
 * then group g is scaled by G * a_g. Scaling comes after batch norm and activation, so that the statistics
 * do not depend on the gate and a group of weight 0 is exactly 0, which is what lets it be skipped.
 */
function gateGroups(
  g: GraphBuilder,
  name: string,
  from: number,
  wide: number,
  input: number,
  block: Block,
  sizes: readonly number[],
): number {
  if (block.gate === 'none' || sizes.length === 1) return from;
  const z = g.mean(`${name}.gate.mean`, wide);
  const reduced = g.dense(`${name}.gate.reduce`, z, gateChannels(input, sizes.length));
  const active = g.activation(`${name}.gate.act`, reduced, block.activation);
  const logits = g.dense(`${name}.gate.dense`, active, sizes.length);
  const weights = g.softmax(`${name}.gate.softmax`, logits);
  return g.groupScale(`${name}.gate.scale`, from, weights, sizes, block.gate);
}

/** Squeeze-and-excitation with biases, the block's activation inside and a sigmoid at the gate. */
function squeezeExcite(g: GraphBuilder, name: string, from: number, input: number, block: Block): number {
  if (block.seRatio === 0) return from;
  const pooled = g.mean(`${name}.se.mean`, from);
  const squeezed = squeezedChannels(input, block.seRatio);
  const reduced = g.conv(`${name}.se.reduce`, pooled, squeezed, { bias: true });
  const active = g.activation(`${name}.se.act`, reduced, block.activation);
  const excited = g.conv(`${name}.se.expand`, active, g.channels(from), { bias: true });
  const weights = g.activation(`${name}.se.sigmoid`, excited, 'sigmoid');
  return g.multiply(`${name}.se.scale`, from, weights);
}

/**
 * Appends block number `index`, reading op `from`; returns the id of its output.
 * @throws MixnasError `bad-config` that names the block when its channels do not divide among its groups.
 */
export function lowerBlock(g: GraphBuilder, index: number, block: Block, from: number): number {
  const name = `blocks.${index}`;
  const input = g.channels(from);
  const expanded = expandedChannels(input, block.expansion);
  checkChannels(index, block, input, expanded);
  g.block = index;
  let x = from;
  if (block.expansion !== 1) {
    x = g.conv(`${name}.expand`, x, expanded, { groups: block.expandGroups });
    x = g.batchNorm(`${name}.expand.bn`, x);
    x = g.activation(`${name}.expand.act`, x, block.activation);
  }
  const sizes = splitChannels(expanded, block.kernels.length, block.split);
  const wide = x;
  x = mixedDepthwise(g, name, x, block, sizes);
  x = g.batchNorm(`${name}.depthwise.bn`, x);
  x = g.activation(`${name}.depthwise.act`, x, block.activation);
  x = gateGroups(g, name, x, wide, input, block, sizes);
  x = squeezeExcite(g, name, x, input, block);
  x = g.conv(`${name}.project`, x, block.out, { groups: block.projectGroups });
  x = g.batchNorm(`${name}.project.bn`, x);
  if (block.stride === 1 && block.out === input) x = g.add(`${name}.add`, x, from);
  g.block = undefined;
  return x;
}
