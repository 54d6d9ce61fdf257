/** How many bytes the weights of an operation take in the NPU's compressed stream. */
import { roundUp, unitChannels } from './machine.js';
import type { NpuOperation } from './operation.js';

/** A code that is not tied to one distribution is longer than the information in the weights. */
const codeLength = 1.03;
/** A scale and a bias of each channel. */
const channelBytes = 10;

/** About the largest of n standard normal numbers. */
const largestOf = (n: number): number => Math.max(0.8, Math.sqrt(2 * Math.log(Math.max(n, 2))) - 0.45);

/**
 * Weights are normal numbers whose largest is 127: the fewer share a scale, the more bits each needs. They are padded
 * to what the multipliers take at once.
 */
export function weightBytes(operation: NpuOperation): number {
  const { kind, read, write, kernelHeight, kernelWidth, outputBytes } = operation;
  if (kind === 'copy' || kind === 'elementwise') return 0;
  const taps = kernelHeight * kernelWidth;
  const own = kind === 'depthwise' ? taps : taps * read.channels;
  const padded = kind === 'depthwise' ? roundUp(taps, 4) : taps * roundUp(read.channels, 8);
  // Those of a mean are all the same.
  const isMean = outputBytes > 1;
  const bits = isMean ? 1 : Math.log2((127 / largestOf(own)) * Math.sqrt(2 * Math.PI * Math.E));
  const bytes = (padded * roundUp(write.channels, unitChannels) * bits * codeLength) / 8;
  return Math.ceil((bytes + channelBytes * write.channels) / 16) * 16;
}
