/** A Gaussian process that grows point by point (Rasmussen and Williams 2006, chapter 2). */
import { type Triangle, factor, solveLower, solveUpper } from './cholesky.js';
import type { Codes } from './codebook.js';
import type { Kernel, Sums } from './kernel.js';

/** So many nearest points bound a deviation. */
const nearest = 6;

/**
 * A stationary kernel gives the same deviation where a function is flat as where it varies. So deviations are
 * calibrated by the errors of the predictions for the points around, made before their values were known: the values,
 * whitened by the Cholesky factor, are exactly those errors in deviations. The prior is so many errors of 1.
 */
const priorErrors = 2;

/** The weight of an error by the correlation with its point: its eighth power. */
function closeness(correlation: number): number {
  const squared = correlation * correlation;
  const fourth = squared * squared;
  return fourth * fourth;
}

/** What a tracker holds of a point of the data, by candidate. */
interface HeldRow {
  readonly mark: number;
  /** Its row of inverse(L) times the covariances. */
  readonly values: Float32Array;
  readonly close: Float32Array;
}

/** The posterior of a point: a normal distribution. */
export interface Posterior {
  readonly mean: number;
  readonly deviation: number;
}

/** The posterior mean of a point and an upper bound of its deviation. */
export interface PosteriorBound extends Posterior {
  readonly point: Codes;
  /** The factor for deviations around the point. */
  readonly calibration: number;
}

export interface GaussianProcess {
  readonly size: number;
  /** Appends a point; its value comes with `condition`. */
  add(point: Codes): void;
  /** Forgets all but the first points. */
  truncate(size: number): void;
  /** Takes the values of all points. */
  condition(y: Float64Array): void;
  /** The posterior of the i-th point given the points before it alone. */
  predicted(i: number): Posterior;
  /**
   * The posterior mean, and an upper bound of the deviation: the one given only some of the nearest points. Costs one
   * pass over the data, where the exact deviation costs a triangular solve.
   * @param near a point that differs in few groups: points around it then cost a fraction of a pass. Rounding
   *   depends on it, so it must be the same whenever the same bound is computed.
   */
  posteriorBound(point: Codes, near?: Codes): PosteriorBound;
  /** The exact deviation, calibrated, of the point of a bound. */
  deviation(bound: PosteriorBound): number;
  /** Candidates whose exact posteriors are updated as the process grows. */
  track(candidates: readonly Codes[]): Tracked;
}

/**
 * Many candidates whose posteriors are needed again and again. Their rows of the factor grow with the data, so that
 * one more point costs one row, where starting over would cost a triangular solve for each candidate.
 */
export interface Tracked {
  /** Means and deviations by candidate, as of now. The next call overwrites the arrays. */
  posteriors(): { readonly means: Float64Array; readonly deviations: Float64Array };
}

/**
 * An empty process with a fixed kernel. Its noise is what the kernel cannot explain of a point. No point is
 * evaluated twice, so the noise belongs to the point, and deviations include it.
 */
export function createGaussianProcess(kernel: Kernel, groups: number, capacity: number): GaussianProcess {
  const { variance } = kernel;
  const perVariance = 1 / variance;
  const { noise } = kernel.hyper;
  let points = new Uint16Array(capacity * groups);
  /** The same, column after column. */
  let byGroup = new Uint16Array(capacity * groups);
  /** Centres of neighbourhoods, with their sums, until the process changes. */
  const centres = new Map<Codes, Sums>();
  /** Covariances of the points, by rows up to the diagonal. */
  const rows: Float64Array[] = [];
  let triangle: Triangle = { values: new Float64Array(capacity * capacity), stride: capacity };
  let alpha: Float64Array = new Float64Array(0);
  let given: Float64Array = new Float64Array(0);
  /** The same by rows of the factor: inverse(L) y. */
  let whitened: Float64Array = new Float64Array(0);
  let size = 0;
  /** One mark for every row ever added, by which trackers know which of theirs are still valid. */
  const marks: number[] = [];
  let lastMark = 0;

  function grow(): void {
    const stride = triangle.stride * 2;
    const values = new Float64Array(stride * stride);
    for (let i = 0; i < size; i++) {
      const row = triangle.values.subarray(i * triangle.stride, i * triangle.stride + i + 1);
      values.set(row, i * stride);
    }
    triangle = { values, stride };
    const more = new Uint16Array(stride * groups);
    more.set(points);
    points = more;
    byGroup = new Uint16Array(stride * groups);
    seen = new Float64Array(stride);
    for (let i = 0; i < size; i++) enterGroups(i);
  }

  /** Covariances of the current point. */
  let seen = new Float64Array(capacity);

  function enterGroups(i: number): void {
    for (let c = 0; c < groups; c++) byGroup[c * triangle.stride + i] = points[i * groups + c] as number;
  }

  /** The sums of the centre of a neighbourhood. */
  function centreOf(codes: Codes): Sums {
    let sums = centres.get(codes);
    if (sums === undefined) centres.set(codes, (sums = kernel.sums(codes, points, size)));
    return sums;
  }

  const near = new Int32Array(nearest);
  const small: Triangle = { values: new Float64Array(nearest * nearest), stride: nearest };
  const part = new Float64Array(nearest);

  /** How much of the variance the points with the largest covariances explain by themselves. */
  function explained(covariances: Float64Array): number {
    let count = 0;
    /** The least covariance among the nearest once these are complete. */
    let least = -Infinity;
    for (let j = 0; j < size; j++) {
      const k = covariances[j] as number;
      if (k <= least) continue;
      let place = count < nearest ? count++ : count - 1;
      while (place > 0 && k > (covariances[near[place - 1] as number] as number)) {
        near[place] = near[place - 1] as number;
        place--;
      }
      near[place] = j;
      if (count === nearest) least = covariances[near[count - 1] as number] as number;
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

  function track(candidates: readonly Codes[]): Tracked {
    const count = candidates.length;
    const flat = new Uint16Array(count * groups);
    candidates.forEach((codes, i) => flat.set(codes, i * groups));
    const held: HeldRow[] = [];
    const row = new Float64Array(count);
    const means = new Float64Array(count);
    const variances = new Float64Array(count);
    const errors = new Float64Array(count);
    const weights = new Float64Array(count);
    const deviations = new Float64Array(count);
    const rowAt = (j: number) => (held[j] as HeldRow).values;
    /** The whitened values by which the rows summed up so far were weighted. */
    const summed: number[] = [];

    function extend(i: number): void {
      kernel.covariances(points.subarray(i * groups, (i + 1) * groups), flat, count, row);
      const close = Float32Array.from(row, (k) => closeness(k / variance));
      const base = i * triangle.stride;
      // Four rows at a time: what is left of a candidate is read and written once for them.
      const whole = i - (i & 3);
      for (let j = 0; j < whole; j += 4) {
        const [first, second, third, fourth] = [rowAt(j), rowAt(j + 1), rowAt(j + 2), rowAt(j + 3)] as const;
        const a = triangle.values[base + j] as number;
        const b = triangle.values[base + j + 1] as number;
        const c = triangle.values[base + j + 2] as number;
        const d = triangle.values[base + j + 3] as number;
        for (let k = 0; k < count; k++) {
          const near = a * (first[k] as number) + b * (second[k] as number);
          const far = c * (third[k] as number) + d * (fourth[k] as number);
          row[k] = (row[k] as number) - (near + far);
        }
      }
      for (let j = whole; j < i; j++) {
        const weight = triangle.values[base + j] as number;
        const values = rowAt(j);
        for (let k = 0; k < count; k++) row[k] = (row[k] as number) - weight * (values[k] as number);
      }
      const scale = 1 / (triangle.values[base + i] as number);
      held.push({ mark: marks[i] as number, values: Float32Array.from(row, (v) => v * scale), close });
    }

    return {
      posteriors() {
        let same = 0;
        while (same < Math.min(held.length, size) && held[same]?.mark === marks[same]) same++;
        held.length = same;
        for (let i = same; i < size; i++) extend(i);
        // Sums are extended where nothing before changed: the same additions in the same order as from the start.
        if (summed.length > same || summed.some((weight, i) => weight !== whitened[i])) summed.length = 0;
        if (summed.length === 0) {
          means.fill(0);
          variances.fill(variance + noise);
          errors.fill(priorErrors);
          weights.fill(priorErrors);
        }
        for (let i = summed.length; i < size; i++) {
          const { values, close } = held[i] as HeldRow;
          const weight = whitened[i] as number;
          const error = weight * weight;
          summed.push(weight);
          for (let c = 0; c < count; c++) {
            const v = values[c] as number;
            means[c] = (means[c] as number) + weight * v;
            variances[c] = (variances[c] as number) - v * v;
            errors[c] = (errors[c] as number) + error * (close[c] as number);
            weights[c] = (weights[c] as number) + (close[c] as number);
          }
        }
        for (let c = 0; c < count; c++) {
          const calibration = (errors[c] as number) / (weights[c] as number);
          deviations[c] = Math.sqrt(Math.max(variances[c] as number, 1e-12) * calibration);
        }
        return { means, deviations };
      },
    };
  }

  return {
    track,
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
      points.set(point, size * groups);
      enterGroups(size);
      centres.clear();
      marks[size] = ++lastMark;
      size++;
    },
    truncate(length) {
      size = Math.min(size, length);
      centres.clear();
    },
    predicted(i) {
      const deviation = triangle.values[i * triangle.stride + i] as number;
      return { mean: (given[i] as number) - deviation * (whitened[i] as number), deviation };
    },
    condition(y) {
      given = y;
      alpha = y.slice(0, size);
      solveLower(triangle, size, alpha);
      whitened = alpha.slice();
      solveUpper(triangle, size, alpha);
    },
    posteriorBound(point, around) {
      if (around) kernel.covariancesFrom(centreOf(around), point, byGroup, triangle.stride, seen);
      else kernel.covariances(point, points, size, seen);
      let mean = 0;
      let errors = priorErrors;
      let weights = priorErrors;
      for (let j = 0; j < size; j++) {
        const k = seen[j] as number;
        mean += k * (alpha[j] as number);
        const weight = closeness(k * perVariance);
        const error = whitened[j] as number;
        errors += weight * error * error;
        weights += weight;
      }
      const calibration = Math.sqrt(errors / weights);
      const deviation = calibration * Math.sqrt(Math.max(variance + noise - explained(seen), 1e-12));
      return { mean, deviation, point, calibration };
    },
    deviation({ point, calibration }) {
      // Computed again: few bounds come to this, and keeping all their covariances costs more.
      kernel.covariances(point, points, size, seen);
      solveLower(triangle, size, seen);
      let rest = variance + noise;
      for (let j = 0; j < size; j++) rest -= (seen[j] as number) ** 2;
      return calibration * Math.sqrt(Math.max(rest, 1e-12));
    },
  };
}
