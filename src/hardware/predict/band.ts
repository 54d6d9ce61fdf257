/** The 90 % band of a prediction. */
import type { Profile } from '../profile/index.js';

/** Shares of a latency by how well its device kernels are known; what is missing to 1 is known exactly. */
export interface Shares {
  readonly interpolated: number;
  readonly extrapolated: number;
  /** The part of `extrapolated` whose class, window or dilation nobody measured. */
  readonly unmeasured: number;
}

/**
 * Natural logarithm of high / predicted = predicted / low: what a network deviates by even when all its device
 * kernels are known, and what the kernels that are not in the table may be off by, together and in proportion to
 * their shares of the latency, since one model's errors go the same way.
 */
export function bandWidth(band: Profile['band'], shares: Shares): number {
  const { interpolated, extrapolated, unmeasured } = shares;
  const fitted =
    interpolated * band.interpolated +
    (extrapolated - unmeasured) * band.extrapolated +
    unmeasured * band.unmeasured;
  return Math.hypot(band.network, fitted);
}
