/** The 90 % band of a prediction. */
import type { Profile } from './profile.js';

/**
 * Natural logarithm of high / predicted = predicted / low: what a network deviates by even when all its
 * kernels are known, and what the kernels that are not in the table may be off by, together and in
 * proportion to their shares of the latency, since one model's errors go the same way.
 */
export function bandWidth(band: Profile['band'], interpolated: number, extrapolated: number): number {
  return Math.hypot(band.network, interpolated * band.interpolated + extrapolated * band.extrapolated);
}
