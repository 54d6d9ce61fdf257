/**
 * Depthwise super-kernels: the smaller kernels of a block are the middle of the larger ones, each seen through
 * a learned matrix (Cai et al., "Once-for-All", arXiv 1908.09791, section 3.3). A dilated kernel is one of
 * them with zeros between its taps.
 *
 * All sizes lie one below another in a table with a row a tap, and a row of zeros at its end; a subnet's
 * kernel is a list of rows.
 */
import { reachOf } from './plan.js';

/** The rows of the table where each size begins, and the row of zeros. */
export function tableOf(kernels: readonly number[]): {
  readonly begin: ReadonlyMap<number, number>;
  readonly zeroRow: number;
} {
  const begin = new Map<number, number>();
  let row = 0;
  for (const k of kernels) {
    begin.set(k, row);
    row += k ** 2;
  }
  return { begin, zeroRow: row };
}

/** The rows of the middle `to` x `to` taps of a `from` x `from` kernel. */
export function middleRows(from: number, to: number): number[] {
  const edge = (from - to) / 2;
  return Array.from({ length: to ** 2 }, (_, i) => (edge + Math.floor(i / to)) * from + edge + (i % to));
}

/**
 * The table's rows of a kernel with a dilation, on a map of `size` pixels: `reach` x `reach` of them.
 */
export function rowsOf(
  kernels: readonly number[],
  kernel: number,
  dilation: number,
  size: number,
): Int32Array {
  const { begin, zeroRow } = tableOf(kernels);
  const reach = reachOf(kernel, dilation, size);
  const edge = ((kernel - 1) * dilation + 1 - reach) / 2;
  return Int32Array.from({ length: reach ** 2 }, (_, i) => {
    const row = edge + Math.floor(i / reach);
    const column = edge + (i % reach);
    if (row % dilation !== 0 || column % dilation !== 0) return zeroRow;
    return (begin.get(kernel) as number) + (row / dilation) * kernel + column / dilation;
  });
}

/** TensorFlow's SAME padding before and after: the odd pixel comes last. */
export function samePadding(size: number, outSize: number, reach: number, stride: number): [number, number] {
  const total = Math.max(0, (outSize - 1) * stride + reach - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Widest convolution kernel whose gradient oneDNN has a fast device kernel for; see `native/convolution.ts`. */
export const stripColumns = 3;

/** How many strips a kernel of this reach is cut into. */
export const stripsOf = (reach: number) => Math.ceil(reach / stripColumns);
