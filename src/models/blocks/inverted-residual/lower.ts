/**
 * The inverted residual as ops. The order inside is the authors' (Tan and Le, arXiv 1907.09595): expand,
 * mixed depthwise, squeeze-and-excitation, project, each followed by batch norm.
 */
import { MixnasError } from '../../../base/index.js';
import type { GraphBuilder } from '../../builder.js';
import type { BlockSite } from '../kind.js';
import { roundChannels } from '../rounding.js';
import { squeezeExcite } from '../units.js';
import { type MixBlock, defaultThreshold, dilationsOf } from './schema.js';
import { groupSizes } from './split.js';

/** Channels inside a block of `input` channels. */
export function expandedChannels(input: number, expansion: number): number {
  return Math.round(input * expansion);
}

/** Squeezed channels of a block of `input` channels: MixNet's authors take the ratio of the *input*. */
export function squeezedChannels({ expansion, seRatio, seStyle }: MixBlock, input: number): number {
  return seStyle === 'mobilenet-v3'
    ? roundChannels(expandedChannels(input, expansion) * seRatio)
    : Math.max(1, Math.floor(input * seRatio));
}

/** Hidden units of a gate: a quarter of the block's input, as in Selective Kernel networks not below a floor. */
export function gateUnits(input: number): number {
  return Math.max(16, Math.floor(input / 4));
}

/** The channel counts that do not divide as the block asks, as the user would write them; else undefined. */
function misfit(block: MixBlock, input: number, expanded: number): string | undefined {
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
function checkChannels(index: number, block: MixBlock, input: number, expanded: number): void {
  const problem = misfit(block, input, expanded);
  if (problem === undefined) return;
  throw new MixnasError('bad-config', `Block ${index}: ${problem}.`, {
    remedy: 'Choose channels that are multiples of the number of groups.',
  });
}

/** A group of channels with its own depthwise kernel. */
interface Group {
  /** Its place among the block's kernels, by which its weights are named. */
  readonly index: number;
  readonly begin: number;
  readonly size: number;
}

/**
 * The groups of a block, in order.
 * @param allowed of a gated block, only so many: those with the widest kernels are left out.
 */
function groupsOf(block: MixBlock, expanded: number, allowed: number): Group[] {
  const sizes = groupSizes(expanded, block.kernels.length, block);
  const kept = new Set(
    block.gate === 'none' ? sizes.keys() : groupsBySize(block).slice(0, Math.max(1, allowed)),
  );
  let begin = 0;
  const all = sizes.map((size, index) => {
    const group = { index, begin, size };
    begin += size;
    return group;
  });
  return all.filter(({ index }) => kept.has(index));
}

/** The indices of a block's groups, smallest kernel first; of equal ones the earlier. */
function groupsBySize(block: MixBlock): readonly number[] {
  const dilations = dilationsOf(block);
  const span = block.kernels.map((kernel, i) => (kernel - 1) * (dilations[i] as number) + 1);
  return [...block.kernels.keys()].sort(
    (a, b) =>
      (block.kernels[a] as number) - (block.kernels[b] as number) ||
      (span[a] as number) - (span[b] as number) ||
      a - b,
  );
}

/** The mixed depthwise convolution: each group of channels has its own kernel and dilation. */
function mixedDepthwise(
  g: GraphBuilder,
  name: string,
  from: number,
  block: MixBlock,
  groups: readonly Group[],
  gate: number | undefined,
): number {
  const parts = groups.map(({ index, begin, size }, position) => {
    const whole = size === g.channels(from);
    const part = whole ? from : g.slice(`${name}.split.${index}`, from, begin, size);
    const skip = gate === undefined ? undefined : { gate, group: position };
    const [kernel, dilation] = [block.kernels[index] as number, block.dilations?.[index] ?? 1];
    return g.depthwise(`${name}.depthwise.${index}`, part, kernel, block.stride, dilation, skip);
  });
  return parts.length === 1 ? (parts[0] as number) : g.concat(`${name}.concat`, parts);
}

/** The gate of a block: the op that gives its groups' weights, and the one that decides which may be skipped. */
interface Gate {
  readonly weights: number;
  readonly skips: number | undefined;
}

/**
 * Attention over the groups: z = global average of the expanded input `wide`, a = softmax(W2 act(bn(W1 z))); a
 * hard gate then sets small weights to 0. It comes before the depthwise convolution, which it may skip. The
 * batch norm is that of Selective Kernel networks (Li et al., arXiv 1903.06586, equation 3): averages after an
 * activation are all positive and nearly the same for every image, and without it the hidden units die.
 */
function gateOf(
  g: GraphBuilder,
  name: string,
  wide: number,
  input: number,
  block: MixBlock,
  groups: readonly Group[],
): Gate | undefined {
  if (block.gate === 'none' || block.kernels.length === 1) return undefined;
  const z = g.mean(`${name}.gate.mean`, wide);
  const reduced = g.conv(`${name}.gate.reduce`, z, gateUnits(input));
  const even = g.batchNorm(`${name}.gate.bn`, reduced);
  const active = g.activation(`${name}.gate.act`, even, block.activation);
  const logits = g.dense(`${name}.gate.dense`, active, groups.length);
  const order = groupsBySize(block);
  const ranks = groups.map(({ index }) => order.indexOf(index));
  const weights = g.softmax(`${name}.gate.softmax`, logits, ranks, block.gateWeights === 'sigmoid');
  if (block.gate === 'soft') return { weights, skips: undefined };
  const hard = g.hardGate(`${name}.gate.hard`, weights, block.gateThreshold ?? defaultThreshold);
  return { weights: hard, skips: hard };
}

/** Squeeze-and-excitation in the block's style. */
function squeeze(g: GraphBuilder, name: string, from: number, input: number, block: MixBlock): number {
  if (block.seRatio === 0) return from;
  const squeezed = squeezedChannels(block, input);
  return block.seStyle === 'mobilenet-v3'
    ? squeezeExcite(g, name, from, { squeezed, activation: 'relu', gate: 'hsigmoid' })
    : squeezeExcite(g, name, from, { squeezed, activation: block.activation, gate: 'sigmoid' });
}

/**
 * Appends an inverted residual, block number `index`, that reads op `from`; returns the id of its output.
 * The gate scales after batch norm and activation, so that the statistics do not depend on it and a group
 * of weight 0 is exactly 0, which is what lets it be skipped.
 * @throws MixnasError `bad-config` that names the block when its channels do not divide among its groups.
 */
export function lowerMixBlock({ g, index, name, allowed }: BlockSite, block: MixBlock, from: number): number {
  const input = g.channels(from);
  const expanded = expandedChannels(input, block.expansion);
  checkChannels(index, block, input, expanded);
  let x = from;
  if (block.expansion !== 1) {
    x = g.conv(`${name}.expand`, x, expanded, { groups: block.expandGroups });
    x = g.batchNorm(`${name}.expand.bn`, x);
    x = g.activation(`${name}.expand.act`, x, block.activation);
  }
  const groups = groupsOf(block, expanded, allowed);
  const gate = gateOf(g, name, x, input, block, groups);
  x = mixedDepthwise(g, name, x, block, groups, gate?.skips);
  x = g.batchNorm(`${name}.depthwise.bn`, x);
  x = g.activation(`${name}.depthwise.act`, x, block.activation);
  if (gate !== undefined && block.gate !== 'none') {
    const sizes = groups.map(({ size }) => size);
    x = g.groupScale(`${name}.gate.scale`, x, gate.weights, sizes, block.gate);
  }
  x = squeeze(g, name, x, input, block);
  x = g.conv(`${name}.project`, x, block.out, { groups: block.projectGroups });
  x = g.batchNorm(`${name}.project.bn`, x);
  return block.stride === 1 && block.out === input ? g.add(`${name}.add`, x, from) : x;
}
