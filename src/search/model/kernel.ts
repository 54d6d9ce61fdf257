/**
 * The covariance kernel of the Gaussian process: how similar two points are, from their feature columns.
 *
 * k(x, y) = signal * matern52(r) + additive * mean over columns of 1 / (1 + C t_c),  r^2 = sum of t_c,
 * where t_c = (x_c - y_c)^2 / l_c^2 for a number and (v_x + v_y) / (2 l_c^2) for two categories that differ.
 * The product part models interactions, the additive part learns single effects from a dozen points.
 * Each column has its own lengthscale l_c (automatic relevance determination); each category its own weight v, shared
 * among parameters with the same list of values, so that one that differs from the rest ("none" among operations)
 * does so everywhere.
 *
 * A column has few distinct values, so t_c and its additive term are looked up in a table by two codes; several
 * columns that have few values together are looked up at once, see `createJointBook`.
 */
import type { Codes, JointBook } from './codebook.js';
import { decay } from './decay.js';
import { type Hyper, columnDistance } from './distances.js';

/** A kernel with its tables. */
export interface Kernel {
  readonly hyper: Hyper;
  /** Covariances, without noise, of `x` with the first `n` of `points`, codes of which lie one after another. */
  covariances(x: Codes, points: Uint16Array, n: number, out: Float64Array): void;
  /** What the covariances of `x` with the first `n` points are made of, to continue from. */
  sums(x: Codes, points: Uint16Array, n: number): Sums;
  /**
   * The covariances of `x`, from the sums of a point that differs from it in few groups: only these are read.
   * @param byGroup codes of the points, group after group, each `stride` long.
   */
  covariancesFrom(sums: Sums, x: Codes, byGroup: Uint16Array, stride: number, out: Float64Array): void;
  /** The variance of every point before any data. */
  readonly variance: number;
}

/** Of a point with each point of the data: 5 r^2 and the additive part. */
export interface Sums {
  readonly codes: Codes;
  readonly squared: Float64Array;
  readonly additive: Float64Array;
}

export function createKernel(book: JointBook, hyper: Hyper): Kernel {
  const { count, single, groups, seen } = book;
  const starts = new Int32Array(count);
  const widths = new Int32Array(count);
  const begins = new Int32Array(count);
  /** For how many codes of each group the cells are filled. */
  const filled = new Int32Array(count);
  /** Of cell (a, b) of group g, at 2 * (begins[g] + a * widths[g] + b): 5 t and the additive term, summed. */
  let cells = new Float64Array(0);
  let squaredSums = new Float64Array(64);

  /** The cells of group g for code `a` with all codes up to it, both ways. */
  function fill(g: number, a: number): void {
    const list = seen[g] as readonly Codes[];
    const [begin, width] = [begins[g] as number, widths[g] as number];
    for (let b = 0; b <= a; b++) {
      let squared = 0;
      let alike = 0;
      for (const c of groups[g] as readonly number[]) {
        const values = single.values[c] as readonly number[];
        const [x, y] = [list[a]?.[c] as number, list[b]?.[c] as number];
        const t = columnDistance(single, hyper, c, values[x] as number, values[y] as number);
        squared += 5 * t;
        alike += hyper.additive / (single.count * (1 + single.count * t));
      }
      for (const cell of [begin + a * width + b, begin + b * width + a]) {
        cells[2 * cell] = squared;
        cells[2 * cell + 1] = alike;
      }
    }
  }

  /** Cells for all codes seen so far. */
  function coverAll(): void {
    const known = seen.map((codes) => codes.length);
    if (known.some((n, g) => n > (widths[g] as number))) {
      let length = 0;
      known.forEach((n, g) => {
        begins[g] = length;
        // With spare room: when it is used up, every cell is computed again.
        if (n > (widths[g] as number)) widths[g] = n + (n >> 2) + 2;
        length += (widths[g] as number) ** 2;
      });
      cells = new Float64Array(2 * length);
      filled.fill(0);
    }
    known.forEach((n, g) => {
      for (let a = filled[g] as number; a < n; a++) fill(g, a);
      filled[g] = n;
    });
  }
  coverAll();

  /** Where the cells of group g for one code begin. */
  const startOf = (g: number, code: number) => 2 * ((begins[g] as number) + code * (widths[g] as number));

  /** Makes room for codes that were seen since. */
  function cover(x: Codes): void {
    for (let g = 0; g < count; g++) if ((x[g] as number) >= (filled[g] as number)) return coverAll();
  }

  return {
    hyper,
    variance: hyper.signal + hyper.additive,
    covariances(x, points, n, out) {
      cover(x);
      for (let g = 0; g < count; g++) starts[g] = startOf(g, x[g] as number);
      const { signal } = hyper;
      let place = 0;
      for (let i = 0; i < n; i++) {
        let squared = 0;
        let sum = 0;
        for (let g = 0; g < count; g++) {
          const cell = (starts[g] as number) + 2 * (points[place++] as number);
          squared += cells[cell] as number;
          sum += cells[cell + 1] as number;
        }
        const r = Math.sqrt(squared);
        out[i] = signal * (1 + r + (r * r) / 3) * decay(r) + sum;
      }
    },
    sums(x, points, n) {
      cover(x);
      for (let g = 0; g < count; g++) starts[g] = startOf(g, x[g] as number);
      const squared = new Float64Array(n);
      const additive = new Float64Array(n);
      let place = 0;
      for (let i = 0; i < n; i++) {
        let ofSquared = 0;
        let ofAdditive = 0;
        for (let g = 0; g < count; g++) {
          const cell = (starts[g] as number) + 2 * (points[place++] as number);
          ofSquared += cells[cell] as number;
          ofAdditive += cells[cell + 1] as number;
        }
        squared[i] = ofSquared;
        additive[i] = ofAdditive;
      }
      return { codes: x, squared, additive };
    },
    covariancesFrom(base, x, byGroup, stride, out) {
      cover(x);
      const n = base.squared.length;
      const { signal } = hyper;
      if (squaredSums.length < n) squaredSums = new Float64Array(2 * n);
      let changed = 0;
      let only = 0;
      for (let g = 0; g < count; g++) {
        if (x[g] === base.codes[g]) continue;
        changed++;
        only = g;
      }
      if (changed === 1) {
        // Most neighbours: the same additions in one pass instead of three.
        const here = startOf(only, x[only] as number);
        const there = startOf(only, base.codes[only] as number);
        const { squared, additive } = base;
        for (let i = 0; i < n; i++) {
          const step = 2 * (byGroup[only * stride + i] as number);
          const left =
            (squared[i] as number) + (cells[here + step] as number) - (cells[there + step] as number);
          const sum =
            (additive[i] as number) +
            (cells[here + step + 1] as number) -
            (cells[there + step + 1] as number);
          const r = Math.sqrt(Math.max(0, left));
          out[i] = signal * (1 + r + (r * r) / 3) * decay(r) + sum;
        }
        return;
      }
      const squared = squaredSums;
      for (let i = 0; i < n; i++) {
        squared[i] = base.squared[i] as number;
        out[i] = base.additive[i] as number;
      }
      for (let g = 0; g < count; g++) {
        if (x[g] === base.codes[g]) continue;
        const here = startOf(g, x[g] as number);
        const there = startOf(g, base.codes[g] as number);
        for (let i = 0; i < n; i++) {
          const step = 2 * (byGroup[g * stride + i] as number);
          const a = here + step;
          const b = there + step;
          squared[i] = (squared[i] as number) + (cells[a] as number) - (cells[b] as number);
          out[i] = (out[i] as number) + (cells[a + 1] as number) - (cells[b + 1] as number);
        }
      }
      for (let i = 0; i < n; i++) {
        // What is left of equal terms may be a little below 0.
        const r = Math.sqrt(Math.max(0, squared[i] as number));
        out[i] = signal * (1 + r + (r * r) / 3) * decay(r) + (out[i] as number);
      }
    },
  };
}
