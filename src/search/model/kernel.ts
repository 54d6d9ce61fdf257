/**
 * How alike two points are, from their feature columns.
 *
 * k(x, y) = signal * matern52(r) + additive * mean over columns of 1 / (1 + C t_c),  r^2 = sum of t_c,
 * where t_c = w_c (x_c - y_c)^2 for a number and w_c (v_x + v_y) / 2 for two categories that differ.
 * The product part catches interactions, the additive part learns single effects from a dozen points.
 * Each column has its own relevance w_c; each category its own weight v, shared among parameters with
 * the same list of values, so that an odd one out ("none" among operations) stands apart everywhere.
 *
 * A column has few distinct values, so t_c and its additive term are looked up in a table by two codes.
 */
import type { FeatureColumn } from '../space.js';
import { decay } from './decay.js';

/** Kernel parameters, all positive. */
export interface Hyper {
  /** One a column. */
  readonly relevance: Float64Array;
  /** One a category of each list. */
  readonly category: Float64Array;
  readonly signal: number;
  readonly additive: number;
  readonly noise: number;
}

/** A point as codes: for each column the place of its value among those seen. */
export type Codes = Uint16Array;

/** Columns with the values seen so far. */
export interface Codebook {
  readonly count: number;
  /** How many category weights there are. */
  readonly categories: number;
  /** For each column its values by code. */
  readonly values: readonly (readonly number[])[];
  /** For each column the place of its first category's weight; -1 for a number. */
  readonly offset: Int32Array;
  encode(features: Float64Array): Codes;
}

/** An empty codebook. Category weights: one for each choice and one for "inactive", by list of values. */
export function createCodebook(columns: readonly FeatureColumn[]): Codebook {
  const count = columns.length;
  const values: number[][] = columns.map(() => []);
  const codes = columns.map(() => new Map<number, number>());
  const offset = new Int32Array(count).fill(-1);
  const lists = new Map<string, number>();
  let categories = 0;
  columns.forEach((column, c) => {
    if (column.kind === 'number') return;
    let first = lists.get(column.list);
    if (first === undefined) {
      first = categories;
      lists.set(column.list, first);
      categories += column.choices + 1;
    }
    // The weight at `first` is that of -1, the inactive choice.
    offset[c] = first + 1;
  });
  return {
    count,
    categories,
    values,
    offset,
    encode(features) {
      const row = new Uint16Array(count);
      for (let c = 0; c < count; c++) {
        const value = features[c] as number;
        let code = codes[c]?.get(value);
        if (code === undefined) {
          code = (values[c] as number[]).push(value) - 1;
          codes[c]?.set(value, code);
        }
        row[c] = code;
      }
      return row;
    },
  };
}

/** A kernel with its tables. */
export interface Kernel {
  readonly hyper: Hyper;
  /** Covariances, without noise, of `x` with the first `n` of `points`, codes of which lie one after another. */
  covariances(x: Codes, points: Uint16Array, n: number, out: Float64Array): void;
  /** What the covariances of `x` with the first `n` points are made of, to go on from. */
  sums(x: Codes, points: Uint16Array, n: number): Sums;
  /**
   * The covariances of `x`, from the sums of a point that differs from it in few columns: only these are read.
   * @param byColumn codes of the points, column after column, each `stride` long.
   */
  covariancesFrom(sums: Sums, x: Codes, byColumn: Uint16Array, stride: number, out: Float64Array): void;
  /** The variance of every point before any data. */
  readonly variance: number;
}

/** Of a point with each point of the data: 5 r^2 and the additive part. */
export interface Sums {
  readonly codes: Codes;
  readonly squared: Float64Array;
  readonly additive: Float64Array;
}

/** t_c for two values of a column. */
export function columnDistance({ offset }: Codebook, hyper: Hyper, c: number, a: number, b: number): number {
  if (a === b) return 0;
  const first = offset[c] as number;
  const { category } = hyper;
  const apart =
    first < 0 ? (a - b) * (a - b) : 0.5 * ((category[first + a] as number) + (category[first + b] as number));
  return (hyper.relevance[c] as number) * apart;
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

export function createKernel(book: Codebook, hyper: Hyper): Kernel {
  const { count } = book;
  const starts = new Int32Array(count);
  let layout = layOutTables(book);
  let cells = interleave();
  let squaredSums = new Float64Array(64);

  /** Distance and additive term of a cell side by side: they are always read together. */
  function interleave(): Float64Array {
    const { distance, alike } = fillTables(book, hyper, layout);
    const both = new Float64Array(2 * layout.length);
    for (let i = 0; i < layout.length; i++) {
      both[2 * i] = 5 * (distance[i] as number);
      both[2 * i + 1] = alike[i] as number;
    }
    return both;
  }

  /** Where the cells of column c for one code begin. */
  const startOf = (c: number, code: number) =>
    2 * ((layout.begins[c] as number) + code * (layout.widths[c] as number));

  /** Makes room for values that were seen since. */
  function cover(x: Codes): void {
    for (let c = 0; c < count; c++) {
      if ((x[c] as number) < (layout.widths[c] as number)) continue;
      layout = layOutTables(book);
      cells = interleave();
      return;
    }
  }

  return {
    hyper,
    variance: hyper.signal + hyper.additive,
    covariances(x, points, n, out) {
      cover(x);
      for (let c = 0; c < count; c++) starts[c] = startOf(c, x[c] as number);
      const { signal } = hyper;
      let place = 0;
      for (let i = 0; i < n; i++) {
        let squared = 0;
        let sum = 0;
        for (let c = 0; c < count; c++) {
          const cell = (starts[c] as number) + 2 * (points[place++] as number);
          squared += cells[cell] as number;
          sum += cells[cell + 1] as number;
        }
        const r = Math.sqrt(squared);
        out[i] = signal * (1 + r + (r * r) / 3) * decay(r) + sum;
      }
    },
    sums(x, points, n) {
      cover(x);
      for (let c = 0; c < count; c++) starts[c] = startOf(c, x[c] as number);
      const squared = new Float64Array(n);
      const additive = new Float64Array(n);
      let place = 0;
      for (let i = 0; i < n; i++) {
        let ofSquared = 0;
        let ofAdditive = 0;
        for (let c = 0; c < count; c++) {
          const cell = (starts[c] as number) + 2 * (points[place++] as number);
          ofSquared += cells[cell] as number;
          ofAdditive += cells[cell + 1] as number;
        }
        squared[i] = ofSquared;
        additive[i] = ofAdditive;
      }
      return { codes: x, squared, additive };
    },
    covariancesFrom(base, x, byColumn, stride, out) {
      cover(x);
      const n = base.squared.length;
      if (squaredSums.length < n) squaredSums = new Float64Array(2 * n);
      const squared = squaredSums;
      for (let i = 0; i < n; i++) {
        squared[i] = base.squared[i] as number;
        out[i] = base.additive[i] as number;
      }
      for (let c = 0; c < count; c++) {
        if (x[c] === base.codes[c]) continue;
        const here = startOf(c, x[c] as number);
        const there = startOf(c, base.codes[c] as number);
        for (let i = 0; i < n; i++) {
          const step = 2 * (byColumn[c * stride + i] as number);
          const a = here + step;
          const b = there + step;
          squared[i] = (squared[i] as number) + (cells[a] as number) - (cells[b] as number);
          out[i] = (out[i] as number) + (cells[a + 1] as number) - (cells[b + 1] as number);
        }
      }
      const { signal } = hyper;
      for (let i = 0; i < n; i++) {
        // What is left of equal terms may be a little below 0.
        const r = Math.sqrt(Math.max(0, squared[i] as number));
        out[i] = signal * (1 + r + (r * r) / 3) * decay(r) + (out[i] as number);
      }
    },
  };
}
