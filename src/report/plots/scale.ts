/** Axes whose pixels we know ourselves, so that labels can be placed without overlaps. */

export interface Scale {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** Pixels from the left or the top. */
  readonly pixel: (value: number) => number;
}

/** From this ratio of largest to smallest on, an axis of costs is logarithmic. */
const logRatio = 25;

/** An axis of positive costs over `length` pixels, left to right, with some air at its ends. */
export function costScale(values: readonly number[], length: number): Scale {
  const [low, high] = extent(values);
  const type = low > 0 && high / low > logRatio ? 'log' : 'linear';
  if (type === 'linear') {
    const air = (high - low || high || 1) * 0.06;
    return linear([Math.max(0, low - air), high + air], length, false);
  }
  const domain = [low / 1.15, high * 1.15] as const;
  const [from, to] = [Math.log(domain[0]), Math.log(domain[1])];
  return { type, domain, pixel: (value) => ((Math.log(value) - from) / (to - from)) * length };
}

/** An axis of what is good, bottom to top, with air at its ends, within `bounds`. */
export function qualityScale(
  values: readonly number[],
  length: number,
  bounds = [-Infinity, Infinity],
): Scale {
  const [low, high] = extent(values);
  const air = (high - low || Math.abs(high) || 1) * 0.09;
  const [least = -Infinity, most = Infinity] = bounds;
  return linear([Math.max(least, low - air), Math.min(most, high + air)], length, true);
}

/** A linear axis over a given domain. */
export function linear(domain: readonly [number, number], length: number, upwards: boolean): Scale {
  const share = (value: number) => (value - domain[0]) / (domain[1] - domain[0]);
  return {
    type: 'linear',
    domain,
    pixel: (value) => (upwards ? 1 - share(value) : share(value)) * length,
  };
}

function extent(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return values.length > 0 ? [low, high] : [0, 1];
}
