/** How a MixConv divides channels among its groups. */
import { InternalError } from '../base/index.js';
import type { MixBlock } from './block.js';

/** What each group gets in proportion: exponential is 1/2, 1/4, ... with the last two the same. */
function shares(groups: number, split: MixBlock['split']): readonly number[] {
  if (split === 'equal') return new Array<number>(groups).fill(1);
  if (split === 'exponential') return Array.from({ length: groups }, (_, i) => 2 ** -Math.min(i, groups - 2));
  return split;
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
  const total = ratios.reduce((sum, r) => sum + r, 0);
  const parts = ratios.map((r) => Math.max(1, Math.floor((channels * r) / total + 1e-9)));
  const add = (group: number, n: number) => parts.splice(group, 1, (parts[group] ?? 0) + n);
  const rest = channels - parts.reduce((sum, n) => sum + n, 0);
  if (rest > 0) add(0, rest);
  // The minimum of one channel may have taken too many: the largest groups give them back.
  for (let missing = -rest; missing > 0; missing--) add(parts.indexOf(Math.max(...parts)), -1);
  return parts;
}
