/** How far two values of a feature column lie apart, and tables of it by code. */
import type { Codebook } from './codebook.js';

/** Kernel parameters, all positive. */
export interface Hyper {
  /** 1 / l^2, one a column. */
  readonly inverseSquaredLengthscale: Float64Array;
  /** One a category of each list. */
  readonly category: Float64Array;
  readonly signal: number;
  readonly additive: number;
  readonly noise: number;
}

/** t_c for two values of a column. */
export function columnDistance({ offset }: Codebook, hyper: Hyper, c: number, a: number, b: number): number {
  if (a === b) return 0;
  const first = offset[c] as number;
  const { category } = hyper;
  const apart =
    first < 0 ? (a - b) * (a - b) : 0.5 * ((category[first + a] as number) + (category[first + b] as number));
  return (hyper.inverseSquaredLengthscale[c] as number) * apart;
}

/** Where column c's table begins and how wide it is, with room for values not seen yet. */
interface Layout {
  readonly widths: Int32Array;
  readonly begins: Int32Array;
  readonly length: number;
}

export function layOutTables({ count, values }: Codebook): Layout {
  const widths = Int32Array.from(values, (list) => list.length);
  const begins = new Int32Array(count);
  let length = 0;
  for (let c = 0; c < count; c++) {
    begins[c] = length;
    length += (widths[c] as number) ** 2;
  }
  return { widths, begins, length };
}

/** Tables of t_c and of the additive term, cell (a, b) of column c at begins[c] + a * widths[c] + b. */
export function fillTables(book: Codebook, hyper: Hyper, { widths, begins, length }: Layout) {
  const distance = new Float64Array(length);
  const alike = new Float64Array(length);
  for (let c = 0; c < book.count; c++) {
    const list = book.values[c] as readonly number[];
    const width = widths[c] as number;
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        const cell = (begins[c] as number) + a * width + b;
        const t = columnDistance(book, hyper, c, list[a] as number, list[b] as number);
        distance[cell] = t;
        alike[cell] = hyper.additive / (book.count * (1 + book.count * t));
      }
    }
  }
  return { distance, alike };
}
