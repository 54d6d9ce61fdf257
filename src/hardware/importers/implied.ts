/** Kernels that ran but that no measurement lists: they follow from the kernels around them. */
import type { Kernel } from '../kernel.js';

/** A kernel and whether an activation is fused into it. */
export interface Launch {
  readonly kernel: Kernel;
  readonly activated: boolean;
}

/**
 * The multiplication after a squeeze-and-excitation, which shows as a mean and two dense kernels, the second
 * with as many outputs as the mean has channels.
 */
function scalingAfter(launches: readonly Launch[], at: number): Kernel | undefined {
  const [mean, first, second] = [launches[at - 2]?.kernel, launches[at - 1]?.kernel, launches[at]?.kernel];
  if (mean?.op !== 'mean' || first?.op !== 'dense' || second?.op !== 'dense') return undefined;
  return second.output === mean.output ? { ...mean, op: 'elementwise', fused: 0 } : undefined;
}

/**
 * The batch norm and activation after a concatenation of convolutions that have none, as in DenseNet: they
 * stand before the next convolution and cannot be fused into a concatenation.
 */
function activationAfter(launches: readonly Launch[], at: number): Kernel | undefined {
  const [before, concat, after] = [launches[at - 1], launches[at]?.kernel, launches[at + 1]?.kernel];
  if (concat?.op !== 'concat' || before?.kernel.op !== 'conv' || before.activated) return undefined;
  const read = after?.op === 'conv' && after.input === concat.output;
  return read ? { ...concat, op: 'elementwise', kernel: 1, fused: 0 } : undefined;
}

/** The element-wise kernel that ran right after launch number `at`, if one did. */
export function impliedAfter(launches: readonly Launch[], at: number): Kernel | undefined {
  return scalingAfter(launches, at) ?? activationAfter(launches, at);
}
