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
 * Factors a symmetric positive definite matrix, of which the lower triangle is given, in place.
 * A diagonal that rounding made too small is lifted, which is as if that point had some more noise.
 */
export function factor({ values, stride }: Triangle, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    for (let j = 0; j < i; j++) {
      const other = j * stride;
      let sum = values[row + j] as number;
      for (let k = 0; k < j; k++) sum -= (values[row + k] as number) * (values[other + k] as number);
      values[row + j] = sum / (values[other + j] as number);
    }
    let sum = values[row + i] as number;
    for (let k = 0; k < i; k++) sum -= (values[row + k] as number) ** 2;
    values[row + i] = Math.sqrt(Math.max(sum, 1e-10));
  }
}

/** Solves L x = b in place. */
export function solveLower({ values, stride }: Triangle, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (values[row + k] as number) * (b[k] as number);
    b[i] = sum / (values[row + i] as number);
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
