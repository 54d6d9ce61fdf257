/** The middle of a list; the mean of the two in the middle. NaN for an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 1) return values[0] as number;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** The middle of a list, always one of its values: of the two in the middle the larger. NaN for an empty list. */
export function upperMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
