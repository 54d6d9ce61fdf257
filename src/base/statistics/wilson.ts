/** The error of a share that was counted, such as an accuracy. */

/** The place in the standard normal distribution that 97.5 % lie below. */
const z = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval at 95 %: where the true share lies, as far as `count` cases tell (Wilson, "Probable inference,
 * the law of succession, and statistical inference", 1927). It never leaves 0 to 1.
 */
export function wilson(share: number, count: number): Interval {
  const spread = (z * z) / count;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (z * Math.sqrt((share * (1 - share)) / count + spread / (4 * count))) / (1 + spread);
  // Rounding must not leave the share itself outside.
  return {
    low: Math.min(share, Math.max(0, middle - half)),
    high: Math.max(share, Math.min(1, middle + half)),
  };
}
