/** Non-negative least squares (Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23). */
import { mathjs, upperMedian } from '../../../base/index.js';

type Matrix = readonly (readonly number[])[];

/** Solves the normal equations over the columns in `set`; other columns are 0. */
function solveOn(gram: Matrix, moment: readonly number[], set: readonly number[]): number[] {
  const left = set.map((i) => set.map((j) => (gram[i] as number[])[j] as number));
  const right = set.map((i) => [moment[i] as number]);
  const solved = mathjs().lusolve(left, right) as unknown as number[][];
  const x = new Array<number>(moment.length).fill(0);
  set.forEach((column, i) => {
    x[column] = (solved[i] as number[])[0] as number;
  });
  return x;
}

/**
 * The x >= 0 that makes |A x - b| smallest. Columns are scaled to unit length first, and a ridge of 1e-9
 * keeps equal columns from being singular.
 * @param rows A, one array a row; all as long.
 */
export function nonNegativeLeastSquares(rows: Matrix, b: readonly number[]): number[] {
  const columns = rows[0]?.length ?? 0;
  const scale = Array.from({ length: columns }, (_, j) => {
    const length = Math.sqrt(rows.reduce((sum, row) => sum + (row[j] as number) ** 2, 0));
    return length > 0 ? 1 / length : 0;
  });
  const gram = scale.map((si, i) =>
    scale.map((sj, j) => {
      const dot = rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0);
      return dot * si * sj + (i === j ? 1e-9 : 0);
    }),
  );
  const moment = scale.map(
    (s, j) => s * rows.reduce((sum, row, k) => sum + (row[j] as number) * (b[k] as number), 0),
  );
  const gradient = (x: readonly number[]) =>
    moment.map(
      (m, i) => m - x.reduce((sum, value, j) => sum + value * ((gram[i] as number[])[j] as number), 0),
    );

  let x = new Array<number>(columns).fill(0);
  let active: number[] = [];
  for (let step = 0; step < 4 * columns; step++) {
    const slope = gradient(x);
    let best = -1;
    for (let j = 0; j < columns; j++) {
      if (active.includes(j) || scale[j] === 0 || (slope[j] as number) <= 1e-10) continue;
      if (best < 0 || (slope[j] as number) > (slope[best] as number)) best = j;
    }
    if (best < 0) break;
    active = [...active, best];
    let next = solveOn(gram, moment, active);
    // Walk from x towards the solution as far as nothing turns negative; drop what reaches 0.
    while (active.some((j) => (next[j] as number) <= 0)) {
      const blocked = active.filter((j) => (next[j] as number) <= 0);
      const way = Math.min(
        ...blocked.map((j) => (x[j] as number) / ((x[j] as number) - (next[j] as number))),
      );
      x = x.map((value, j) => value + way * ((next[j] as number) - value));
      active = active.filter((j) => (x[j] as number) > 1e-12);
      next = solveOn(gram, moment, active);
    }
    x = next;
  }
  return x.map((value, j) => value * (scale[j] as number));
}

/** The same with rows that deviate by more than three times the median counting less (Huber's weights). */
export function weightedFit(rows: Matrix, b: readonly number[]): number[] {
  let weights = b.map(() => 1);
  let x: number[] = [];
  for (let round = 0; round < 6; round++) {
    const scaled = rows.map((row, k) => row.map((v) => v * (weights[k] as number)));
    x = nonNegativeLeastSquares(
      scaled,
      b.map((v, k) => v * (weights[k] as number)),
    );
    const deviations = rows.map((row, k) =>
      Math.abs(row.reduce((sum, v, j) => sum + v * (x[j] as number), 0) - (b[k] as number)),
    );
    const limit = 3 * upperMedian(deviations) + 1e-9;
    weights = deviations.map((d) => Math.sqrt(Math.min(1, limit / d)));
  }
  return x;
}

/** The same for relative deviations, |a x / b - 1|. */
export function relativeFit(rows: Matrix, b: readonly number[]): number[] {
  return weightedFit(
    rows.map((row, k) => row.map((v) => v / (b[k] as number))),
    b.map(() => 1),
  );
}
