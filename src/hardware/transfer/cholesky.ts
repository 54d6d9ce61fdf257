/** Symmetric positive systems of a few unknowns. */

type Matrix = readonly (readonly number[])[];

/** The lower factor L of A = L L'. */
export function cholesky(a: Matrix): number[][] {
  const factor = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    const row = factor[i] as number[];
    for (let j = 0; j <= i; j++) {
      const other = factor[j] as number[];
      let sum = (a[i] as number[])[j] as number;
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      row[j] = i === j ? Math.sqrt(sum) : sum / (other[j] as number);
    }
  }
  return factor;
}

/** x of L L' x = b. */
export function solveCholesky(factor: Matrix, b: readonly number[]): number[] {
  const n = b.length;
  const x = [...b];
  for (let i = 0; i < n; i++) {
    const row = factor[i] as number[];
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (row[k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (row[i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      x[i] = (x[i] as number) - ((factor[k] as number[])[i] as number) * (x[k] as number);
    }
    x[i] = (x[i] as number) / ((factor[i] as number[])[i] as number);
  }
  return x;
}

/** The logarithm of the determinant of L L'. */
export function logDeterminant(factor: Matrix): number {
  return factor.reduce((sum, row, i) => sum + 2 * Math.log(row[i] as number), 0);
}
