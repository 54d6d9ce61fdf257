/** A learned metric: scaled and fitted at fixed numbers of observations, growing in between. */
import { upperMedian } from '../../base/index.js';
import type { FeatureColumn } from '../space/index.js';
import { fitHyper } from './fit.js';
import { type GaussianProcess, createGaussianProcess } from './gaussian-process.js';
import type { Scale } from './scale.js';
import { createKernel } from './kernel.js';
import type { Codes, JointBook } from './codebook.js';
import type { Hyper } from './distances.js';

/** So many points at most decide on kernel parameters; more take time and hardly improve the fit. */
const mostFitted = 100;

/** A point as a model reads it. */
export interface Encoded {
  readonly features: Float64Array;
  readonly codes: Codes;
}

export interface Surrogate {
  /** The process, conditioned on the data; pending points count as having their posterior mean. */
  readonly process: GaussianProcess;
  readonly scale: Scale;
  /**
   * Takes the data: rows and their values, of which the first `fixed` alone decide on scale and kernel,
   * so that both are the same whenever they are computed. They are computed once a `checkpoint`.
   */
  update(
    rows: readonly Encoded[],
    values: readonly number[],
    fixed: number,
    checkpoint: number,
    pending: readonly Encoded[],
  ): void;
}

export function createSurrogate(
  columns: readonly FeatureColumn[],
  book: JointBook,
  scaleFor: (values: readonly number[]) => Scale,
): Surrogate {
  let process: GaussianProcess | undefined;
  let hyper: Hyper | undefined;
  let scale: Scale = { knots: [], ties: 1, to: (value) => value, from: (value) => value };
  let held: readonly Encoded[] = [];
  let fitted = -1;
  return {
    get process() {
      return process as GaussianProcess;
    },
    get scale() {
      return scale;
    },
    update(rows, values, fixed, checkpoint, pending) {
      if (!hyper || fitted !== checkpoint) {
        scale = scaleFor(values.slice(0, fixed));
        const chosen = spread(fixed, mostFitted);
        hyper = fitHyper(
          columns,
          chosen.map((i) => (rows[i] as Encoded).features),
          Float64Array.from(chosen, (i) => scale.to(values[i] as number)),
        );
        process = undefined;
        fitted = checkpoint;
      }
      const grows = held.length <= rows.length && held.every((row, i) => row === rows[i]);
      if (!process || !grows) {
        process = createGaussianProcess(createKernel(book, hyper), book.count, 2 * rows.length);
        held = [];
      }
      process.truncate(held.length);
      for (const row of rows.slice(held.length)) process.add(row.codes);
      held = rows;
      const y = values.map(scale.to);
      process.condition(Float64Array.from(y));
      if (pending.length === 0) return;
      const expected = pending.map(({ codes }) => (process as GaussianProcess).posteriorBound(codes).mean);
      for (const { codes } of pending) process.add(codes);
      process.condition(Float64Array.from([...y, ...expected]));
    },
  };
}

/** Keeps 0, where a constraint is just met, and compresses what is far from it. */
export function limitScale(values: readonly number[]): Scale {
  const middle = upperMedian(values.map(Math.abs)) || 1;
  return {
    knots: [],
    ties: 1,
    to: (value) => Math.sign(value) * Math.log1p(Math.abs(value) / middle),
    from: (scaled) => Math.sign(scaled) * Math.expm1(Math.abs(scaled)) * middle,
  };
}

/** At most `most` of the indices below `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * count) / most));
}
