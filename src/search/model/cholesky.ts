/**
 * Cholesky factors of growing matrices. Rows are computed one after the other from the rows above, so a
 * factor that grew row by row equals, to the bit, one that was computed at once: a restored study sees
 * the same numbers as an unbroken one.
 */

/** A lower triangle stored by rows: row i begins at i * stride. */
export interface Triangle {
  readonly values: Float64Array;
  readonly stride: number;
}

/**
 * The product of two stretches of `n` numbers. Four sums side by side: a processor need not wait for one
 * addition to begin the next.
 */
function product(a: Float64Array, fromA: number, b: Float64Array, fromB: number, n: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const whole = n - (n & 3);
  for (let k = 0; k < whole; k += 4) {
    first += (a[fromA + k] as number) * (b[fromB + k] as number);
    second += (a[fromA + k + 1] as number) * (b[fromB + k + 1] as number);
    third += (a[fromA + k + 2] as number) * (b[fromB + k + 2] as number);
    fourth += (a[fromA + k + 3] as number) * (b[fromB + k + 3] as number);
  }
  for (let k = whole; k < n; k++) first += (a[fromA + k] as number) * (b[fromB + k] as number);
  return first + second + (third + fourth);
}

/**
 * Factors a symmetric positive definite matrix, of which the lower triangle is given, in place.
 * A diagonal that rounding made too small is lifted, which is as if that point had some more noise.
 */
export function factor({ values, stride }: Triangle, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    for (let j = 0; j < i; j++) {
      const other = j * stride;
      const rest = (values[row + j] as number) - product(values, row, values, other, j);
      values[row + j] = rest / (values[other + j] as number);
    }
    const rest = (values[row + i] as number) - product(values, row, values, row, i);
    values[row + i] = Math.sqrt(Math.max(rest, 1e-10));
  }
}

/** Solves L x = b in place. */
export function solveLower({ values, stride }: Triangle, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    b[i] = ((b[i] as number) - product(values, row, b, 0, i)) / (values[row + i] as number);
  }
}

/** Solves transpose(L) x = b in place. */
export function solveUpper({ values, stride }: Triangle, size: number, b: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    const row = i * stride;
    const x = (b[i] as number) / (values[row + i] as number);
    b[i] = x;
    // By rows of L, which are contiguous.
    for (let k = 0; k < i; k++) b[k] = (b[k] as number) - (values[row + k] as number) * x;
  }
}

/** The inverse of L transpose(L) as a full matrix, by rows of length `size`. */
export function inverse(triangle: Triangle, size: number): Float64Array {
  const { values, stride } = triangle;
  // Rows of the inverse of L, each by forward substitution on the rows above.
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const diagonal = values[i * stride + i] as number;
    for (let k = 0; k < i; k++) {
      const factor = (values[i * stride + k] as number) / diagonal;
      for (let j = 0; j <= k; j++) {
        lower[i * size + j] = (lower[i * size + j] as number) - factor * (lower[k * size + j] as number);
      }
    }
    lower[i * size + i] = 1 / diagonal;
  }
  const result = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = lower[k * size + i] as number;
      for (let j = 0; j <= i; j++) {
        result[i * size + j] = (result[i * size + j] as number) + factor * (lower[k * size + j] as number);
      }
    }
  }
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) result[j * size + i] = result[i * size + j] as number;
  return result;
}
