/** Ranks from 1 in ascending order; equal values share the mean of their ranks. Values are not NaN. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const result = new Array<number>(values.length).fill(0);
  for (let first = 0; first < order.length; ) {
    let end = first;
    while (end < order.length && values[order[end] as number] === values[order[first] as number]) end++;
    for (let i = first; i < end; i++) result[order[i] as number] = (first + end + 1) / 2;
    first = end;
  }
  return result;
}
