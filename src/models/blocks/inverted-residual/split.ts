/** How a MixConv divides channels among its groups. */
import { InternalError } from '../../../base/index.js';
import type { MixBlock } from './schema.js';

/** What each group gets in proportion: exponential is 1/2, 1/4, ... with the last two the same. */
function shares(groups: number, split: MixBlock['split']): readonly number[] {
  if (split === 'equal') return new Array<number>(groups).fill(1);
  if (split === 'exponential') return Array.from({ length: groups }, (_, i) => 2 ** -Math.min(i, groups - 2));
  return split;
}

/** How channels divide among the groups of a block, besides how many there are. */
export type SplitRule = Pick<MixBlock, 'split' | 'align'>;

/**
 * Channels of each group as a block says: `splitChannels`, with borders moved where it asks for that.
 * @throws InternalError when there are fewer channels than groups.
 */
export function groupSizes(channels: number, groups: number, { split, align }: SplitRule): number[] {
  const plain = splitChannels(channels, groups, split);
  return align === undefined || !canAlign(channels, groups, align) ? plain : alignedSizes(plain, align);
}

/** Whether each group can have at least one multiple: else the plain split holds. */
export function canAlign(channels: number, groups: number, align: number): boolean {
  return Math.floor(channels / align) >= groups;
}

/** Each border goes to the nearest multiple, halves up, that leaves one to every group; the last group has the rest. */
function alignedSizes(plain: readonly number[], align: number): number[] {
  const channels = plain.reduce((sum, size) => sum + size, 0);
  const multiples = Math.floor(channels / align);
  let border = 0;
  let begin = 0;
  return plain.map((size, i) => {
    border += size;
    const after = plain.length - 1 - i;
    if (after === 0) return channels - begin * align;
    const end = Math.min(Math.max(Math.floor(border / align + 0.5), begin + 1), multiples - after);
    const own = (end - begin) * align;
    begin = end;
    return own;
  });
}

/**
 * Channels of each group.
 * `equal`: the same for all, the remainder goes to the first (Tan and Le's code). `exponential`: group i
 * gets about 2^-i (arXiv 1907.09595, section 3.1); with one or two groups that is `equal`. An array: in
 * proportion to the ratios; what rounding leaves goes to the first. Every group gets at least one channel.
 * @throws InternalError when there are fewer channels than groups.
 */
export function splitChannels(channels: number, groups: number, split: MixBlock['split']): number[] {
  if (channels < groups) throw new InternalError(`${channels} channels cannot feed ${groups} groups`);
  const ratios = shares(groups, split);
  let total = 0;
  for (const ratio of ratios) total += ratio;
  const parts = ratios.map((r) => Math.max(1, Math.floor((channels * r) / total + 1e-9)));
  let rest = channels;
  for (const part of parts) rest -= part;
  if (rest > 0) parts[0] = (parts[0] as number) + rest;
  // The minimum of one channel may have taken too many: the largest groups give them back.
  for (; rest < 0; rest++) {
    const largest = parts.indexOf(Math.max(...parts));
    parts[largest] = (parts[largest] as number) - 1;
  }
  return parts;
}
