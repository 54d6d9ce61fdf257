/** A Gaussian process that grows point by point (Rasmussen and Williams 2006, chapter 2). */
import { type Triangle, factor, solveLower, solveUpper } from './cholesky.js';
import type { Codes, Kernel } from './kernel.js';

/** So many nearest points bound a deviation. */
const nearest = 6;

/** What is believed of a point: a normal distribution. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** A quick look at a point, whose deviation is never too small. */
export interface Glance extends Belief {
  /** Covariances with the data; `deviation` uses them up. */
  readonly covariances: Float64Array;
}

export interface GaussianProcess {
  readonly size: number;
  /** Appends a point; its value comes with `condition`. */
  add(point: Codes): void;
  /** Forgets all but the first points. */
  truncate(size: number): void;
  /** Takes the values of all points. */
  condition(y: Float64Array): void;
  /**
   * The mean, and an upper bound of the deviation: that given some of the nearest points alone. Costs one
   * pass over the data, where the true deviation costs a triangle.
   */
  glance(point: Codes): Glance;
  /** The true deviation of the point of a glance. */
  deviation(glance: Glance): number;
}

/** An empty process with a fixed kernel. */
export function createGaussianProcess(kernel: Kernel, columns: number, capacity: number): GaussianProcess {
  const { variance } = kernel;
  const { noise } = kernel.hyper;
  let points = new Uint16Array(capacity * columns);
  /** Covariances of the points, by rows up to the diagonal. */
  const rows: Float64Array[] = [];
  let triangle: Triangle = { values: new Float64Array(capacity * capacity), stride: capacity };
  let alpha: Float64Array = new Float64Array(0);
  let size = 0;

  function grow(): void {
    const stride = triangle.stride * 2;
    const values = new Float64Array(stride * stride);
    for (let i = 0; i < size; i++) {
      const row = triangle.values.subarray(i * triangle.stride, i * triangle.stride + i + 1);
      values.set(row, i * stride);
    }
    triangle = { values, stride };
    const more = new Uint16Array(stride * columns);
    more.set(points);
    points = more;
  }

  const near = new Int32Array(nearest);
  const small: Triangle = { values: new Float64Array(nearest * nearest), stride: nearest };
  const part = new Float64Array(nearest);

  /** How much of the variance the points with the largest covariances explain by themselves. */
  function explained(covariances: Float64Array): number {
    let count = 0;
    for (let j = 0; j < size; j++) {
      const k = covariances[j] as number;
      if (count === nearest && k <= (covariances[near[count - 1] as number] as number)) continue;
      let place = count < nearest ? count++ : count - 1;
      while (place > 0 && k > (covariances[near[place - 1] as number] as number)) {
        near[place] = near[place - 1] as number;
        place--;
      }
      near[place] = j;
    }
    for (let i = 0; i < count; i++) {
      const a = near[i] as number;
      part[i] = covariances[a] as number;
      for (let j = 0; j <= i; j++) {
        const b = near[j] as number;
        small.values[i * nearest + j] = rows[Math.max(a, b)]?.[Math.min(a, b)] as number;
      }
    }
    factor(small, count);
    solveLower(small, count, part);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (part[i] as number) ** 2;
    return sum;
  }

  return {
    get size() {
      return size;
    },
    add(point) {
      if (size === triangle.stride) grow();
      const row = triangle.values.subarray(size * triangle.stride, size * triangle.stride + size + 1);
      kernel.covariances(point, points, size, row);
      rows[size] = Float64Array.from(row);
      (rows[size] as Float64Array)[size] = variance + noise;
      solveLower(triangle, size, row);
      let rest = variance + noise;
      for (let j = 0; j < size; j++) rest -= (row[j] as number) ** 2;
      row[size] = Math.sqrt(Math.max(rest, 1e-10));
      points.set(point, size * columns);
      size++;
    },
    truncate(length) {
      size = Math.min(size, length);
    },
    condition(y) {
      alpha = y.slice(0, size);
      solveLower(triangle, size, alpha);
      solveUpper(triangle, size, alpha);
    },
    glance(point) {
      const covariances = new Float64Array(size);
      kernel.covariances(point, points, size, covariances);
      let mean = 0;
      for (let j = 0; j < size; j++) mean += (covariances[j] as number) * (alpha[j] as number);
      const deviation = Math.sqrt(Math.max(variance - explained(covariances), 1e-12));
      return { mean, deviation, covariances };
    },
    deviation({ covariances }) {
      solveLower(triangle, size, covariances);
      let rest = variance;
      for (let j = 0; j < size; j++) rest -= (covariances[j] as number) ** 2;
      return Math.sqrt(Math.max(rest, 1e-12));
    },
  };
}
