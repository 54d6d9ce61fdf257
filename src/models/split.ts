/** How a MixConv divides channels among its groups. */
import { InternalError } from '../base/index.js';
import type { Block } from './architecture.js';

/**
 * Channels of each group.
 * `equal`: the same for all, the remainder goes to the first (Tan and Le's code). `exponential`: group i
 * gets about 2^-i (paper, section 3.1). An array: in proportion to the ratios; what rounding leaves goes
 * to the first. Every group gets at least one channel.
 * @throws InternalError when there are fewer channels than groups.
 */
export function splitChannels(channels: number, groups: number, split: Block['split']): number[] {
  if (channels < groups) throw new InternalError(`${channels} channels cannot feed ${groups} groups`);
  const ratios =
    split === 'equal'
      ? new Array<number>(groups).fill(1)
      : split === 'exponential'
        ? Array.from({ length: groups }, (_, i) => 2 ** -(Math.min(i + 1, groups - 1) || 1))
        : split;
  const total = ratios.reduce((sum, r) => sum + r, 0);
  const parts = ratios.map((r) => Math.max(1, Math.floor((channels * r) / total + 1e-9)));
  // The remainder, or what the minimum of one channel took, is the first (and then the largest) group's.
  let rest = channels - parts.reduce((sum, n) => sum + n, 0);
  parts[0] = (parts[0] as number) + rest;
  while ((parts[0] as number) < 1) {
    rest = 1 - (parts[0] as number);
    const largest = parts.indexOf(Math.max(...parts));
    parts[largest] = (parts[largest] as number) - rest;
    parts[0] = 1;
  }
  return parts;
}
