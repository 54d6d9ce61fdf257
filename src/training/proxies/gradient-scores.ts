/** Scores made from the gradients of the loss at initialisation. */
import type { Weights } from '../network/variables.js';

const isKernel = (name: string) => name.endsWith('.kernel');

/**
 * Sum of the kernels' Euclidean gradient norms (Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS",
 * ICLR 2021, arXiv 2101.08134).
 */
export function gradNorm(gradients: Weights): number {
  let total = 0;
  for (const [name, { data }] of gradients) {
    if (isKernel(name)) total += Math.sqrt(data.reduce((sum, g) => sum + g * g, 0));
  }
  return total;
}

/**
 * Connection sensitivity, the sum of |w dL/dw| over all kernels (Lee et al., "SNIP", ICLR 2019,
 * arXiv 1810.02340).
 */
export function snip(weights: Weights, gradients: Weights): number {
  let total = 0;
  for (const [name, { data }] of gradients) {
    if (!isKernel(name)) continue;
    const values = weights.get(name)?.data as Float32Array;
    data.forEach((g, i) => {
      total += Math.abs(g * (values[i] as number));
    });
  }
  return total;
}

/**
 * ZiCo (Li et al., ICLR 2023, arXiv 2301.11300, equation 16): over kernels, the log of the sum over weights
 * of mean |gradient| / its standard deviation over mini-batches. Weights whose gradient never changes say
 * nothing and are left out, as are kernels that have no other.
 * @param batches the gradients of two or more mini-batches.
 */
export function zico(batches: readonly Weights[]): number {
  let total = 0;
  for (const [name, first] of batches[0] ?? []) {
    if (!isKernel(name)) continue;
    const arrays = batches.map((gradients) => gradients.get(name)?.data as Float32Array);
    let sum = 0;
    for (let i = 0; i < first.data.length; i++) {
      const values = arrays.map((array) => array[i] as number);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const size = values.reduce((a, b) => a + Math.abs(b), 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      if (variance > 0) sum += size / Math.sqrt(variance);
    }
    if (sum > 0) total += Math.log(sum);
  }
  return total;
}
