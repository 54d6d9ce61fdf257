/** Sorting 100,000 rows between two frames: by numbers alone, with no function that is called for each pair. */

/** Places of a key between the smallest and the largest; with the row's place in one number of 53 bits. */
const keyBits = 52;

/**
 * Sorts rows by a key each, smallest first; equal keys stay in their order. NaN is not allowed.
 * @param keys by row.
 */
export function sortByKey(rows: Uint32Array, keys: ArrayLike<number>): Uint32Array {
  const count = rows.length;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const key = keys[rows[i] as number] as number;
    if (key < min && key !== Number.NEGATIVE_INFINITY) min = key;
    if (key > max && key !== Number.POSITIVE_INFINITY) max = key;
  }
  const places = 2 ** Math.ceil(Math.log2(count + 1));
  const levels = 2 ** keyBits / places - 4;
  const scale = max > min ? levels / (max - min) : 0;
  if (!Number.isFinite(scale) || max - min === Number.POSITIVE_INFINITY) return exactly(rows.slice(), keys);

  // The typed array's own sort of plain numbers does the work: the key as a whole number, then the place.
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const key = keys[rows[i] as number] as number;
    const level =
      key === Number.POSITIVE_INFINITY ? levels + 2 : key >= min ? 1 + Math.floor((key - min) * scale) : 0;
    packed[i] = level * places + i;
  }
  packed.sort();
  const sorted = new Uint32Array(count);
  let level = -1;
  /** Where the keys of this level begin: nearer to each other than a level, they may be in any order. */
  let from = 0;
  let inOrder = true;
  let last = Number.NaN;
  for (let i = 0; i < count; i++) {
    const value = packed[i] as number;
    const its = Math.floor(value / places);
    const row = rows[value - its * places] as number;
    const key = keys[row] as number;
    sorted[i] = row;
    if (its !== level) {
      if (!inOrder) exactly(sorted.subarray(from, i), keys);
      level = its;
      from = i;
      inOrder = true;
    } else if (key < last) inOrder = false;
    last = key;
  }
  if (!inOrder) exactly(sorted.subarray(from), keys);
  return sorted;
}

/** Sorts in place by the keys themselves, however near they are. */
function exactly(rows: Uint32Array, keys: ArrayLike<number>): Uint32Array {
  return rows.sort((a, b) => {
    const [x, y] = [keys[a] as number, keys[b] as number];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}
