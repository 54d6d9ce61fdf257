/**
 * How many first places pass, found in log n steps.
 * @param count of all places.
 * @param passes holds up to some place and from there on no more.
 */
export function bisect(count: number, passes: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place among `count` ascending numbers that is not below `value`; `count` where there is none. */
export function lowerBound(ascending: ArrayLike<number>, value: number, count = ascending.length): number {
  return bisect(count, (place) => (ascending[place] as number) < value);
}
