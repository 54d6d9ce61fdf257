/** A learned metric: scaled and fitted at fixed numbers of observations, growing in between. */
import type { FeatureColumn } from '../space.js';
import { fitHyper } from './fit.js';
import { type GaussianProcess, createGaussianProcess } from './gaussian-process.js';
import { type Codebook, type Codes, type Hyper, createKernel } from './kernel.js';

/** So many points at most decide on kernel parameters; more add time, hardly knowledge. */
const mostFitted = 100;

/** A point as a model reads it. */
export interface Encoded {
  readonly features: Float64Array;
  readonly codes: Codes;
}

/** From a metric's units to what is modelled. */
export type Scale = (value: number) => number;

export interface Surrogate {
  /** The process, conditioned on the data; pending points count as having the value expected of them. */
  readonly process: GaussianProcess;
  readonly scale: Scale;
  /**
   * Takes the data: rows and their values, of which the first `fixed` alone decide on scale and kernel,
   * so that both are the same whenever they are worked out.
   */
  update(
    rows: readonly Encoded[],
    values: readonly number[],
    fixed: number,
    pending: readonly Encoded[],
  ): void;
}

export function createSurrogate(
  columns: readonly FeatureColumn[],
  book: Codebook,
  scaleFor: (values: readonly number[]) => Scale,
): Surrogate {
  let process: GaussianProcess | undefined;
  let hyper: Hyper | undefined;
  let scale: Scale = (value) => value;
  let held: readonly Encoded[] = [];
  let fitted = -1;
  return {
    get process() {
      return process as GaussianProcess;
    },
    get scale() {
      return scale;
    },
    update(rows, values, fixed, pending) {
      if (!hyper || fitted !== fixed) {
        scale = scaleFor(values.slice(0, fixed));
        const chosen = spread(fixed, mostFitted);
        hyper = fitHyper(
          columns,
          chosen.map((i) => (rows[i] as Encoded).features),
          Float64Array.from(chosen, (i) => scale(values[i] as number)),
        );
        process = undefined;
        fitted = fixed;
      }
      const grows = held.length <= rows.length && held.every((row, i) => row === rows[i]);
      if (!process || !grows) {
        process = createGaussianProcess(createKernel(book, hyper), book.count, 2 * rows.length);
        held = [];
      }
      process.truncate(held.length);
      for (const row of rows.slice(held.length)) process.add(row.codes);
      held = rows;
      const y = values.map(scale);
      process.condition(Float64Array.from(y));
      if (pending.length === 0) return;
      const expected = pending.map(({ codes }) => (process as GaussianProcess).glance(codes).mean);
      for (const { codes } of pending) process.add(codes);
      process.condition(Float64Array.from([...y, ...expected]));
    },
  };
}

/** Mean 0 and deviation 1. */
export function standardScale(values: readonly number[]): Scale {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) || 1;
  return (value) => (value - mean) / deviation;
}

/** Keeps 0, where a constraint is just met, and tames what is far from it. */
export function signedLogScale(values: readonly number[]): Scale {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const middle = sizes[sizes.length >> 1] || 1;
  return (value) => Math.sign(value) * Math.log1p(Math.abs(value) / middle);
}

/** At most `most` of the indices below `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
}
