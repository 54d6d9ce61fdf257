/** Eigenvalues of a symmetric matrix, by Jacobi's rotations: small matrices, and no vectors are wanted. */

/** @param matrix `[n, n]`, symmetric; it is overwritten. @returns its eigenvalues, largest first. */
export function eigenvalues(matrix: Float64Array, n: number): number[] {
  const at = (row: number, column: number) => matrix[row * n + column] as number;
  const scale = matrix.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += at(p, q) ** 2;
    if (off <= scale * 1e-20) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const between = at(p, q);
        if (Math.abs(between) < 1e-300) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * between);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [at(k, p), at(k, q)];
          matrix[k * n + p] = c * x - s * y;
          matrix[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [at(p, k), at(q, k)];
          matrix[p * n + k] = c * x - s * y;
          matrix[q * n + k] = s * x + c * y;
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => at(i, i)).sort((a, b) => b - a);
}
