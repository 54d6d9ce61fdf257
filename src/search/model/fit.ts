/**
 * Fitting the kernel to data: the parameters that make the data most probable, under mild priors that keep
 * them plausible with ten points (maximum a posteriori; Rasmussen and Williams 2006, section 5.4.1).
 */
import { type Triangle, factor, inverse, solveLower, solveUpper } from './cholesky.js';
import type { FeatureColumn } from '../space/index.js';
import { type Codebook, type Codes, createCodebook } from './codebook.js';
import { type Hyper, fillTables, layOutTables } from './distances.js';

/** Variance that is always added: keeps factors well conditioned. */
const leastNoise = 1e-6;

const iterations = 25;

/** Unknowns in one vector of logarithms: inverse squared lengthscales, category weights, signal, additive, noise. */
function unpack({ count, categories }: Codebook, theta: Float64Array): Hyper {
  const exp = theta.map(Math.exp);
  return {
    inverseSquaredLengthscale: exp.subarray(0, count),
    category: exp.subarray(count, count + categories),
    signal: exp[count + categories] as number,
    additive: exp[count + categories + 1] as number,
    noise: leastNoise + (exp[count + categories + 2] as number),
  };
}

/** How much less, as a logarithm, a secondary column is expected to count than the others. */
const secondaryLess = 3;

/** Mean and deviation of the normal prior on each unknown. */
function priors(
  columns: readonly FeatureColumn[],
  { count, categories }: Codebook,
): { mean: Float64Array; deviation: Float64Array } {
  const fill = (lengthscales: readonly number[], category: number, rest: readonly number[]) =>
    Float64Array.from([...lengthscales, ...new Array<number>(categories).fill(category), ...rest]);
  const lengthscales = columns.map((column) => {
    const secondary = column.kind === 'category' && column.secondary === true;
    return Math.log(1 / count) - (secondary ? secondaryLess : 0);
  });
  return {
    mean: fill(lengthscales, 0, [0, Math.log(0.3), Math.log(1e-3)]),
    deviation: fill(new Array<number>(count).fill(1.5), 0.7, [1, 1.5, 1.5]),
  };
}

/**
 * The most probable kernel parameters for standardised values `y` at `points`.
 * Resilient propagation (Igel and Huesken, iRprop-, 2000): only signs of the gradient matter, so no step
 * size is to be tuned, and the same data gives the same answer to the bit.
 */
export function fitHyper(
  columns: readonly FeatureColumn[],
  features: readonly Float64Array[],
  y: Float64Array,
): Hyper {
  // A codebook of its own: sums go by code, and must not depend on what was encoded before.
  const book = createCodebook(columns);
  const points = features.map((row) => book.encode(row));
  const { mean, deviation } = priors(columns, book);
  const theta = mean.slice();
  const step = new Float64Array(theta.length).fill(0.3);
  let before: Float64Array = new Float64Array(theta.length);
  let best = { loss: Infinity, theta: theta.slice() };
  for (let i = 0; i < iterations; i++) {
    const { loss: likelihood, gradient } = negativeLogLikelihood(book, theta, points, y);
    let loss = likelihood;
    theta.forEach((value, k) => {
      const z = (value - (mean[k] as number)) / (deviation[k] as number);
      loss += 0.5 * z * z;
      gradient[k] = (gradient[k] as number) + z / (deviation[k] as number);
    });
    if (loss < best.loss) best = { loss, theta: theta.slice() };
    gradient.forEach((slope, k) => {
      const agreement = Math.sign(slope) * Math.sign(before[k] as number);
      const scale = agreement > 0 ? 1.2 : agreement < 0 ? 0.5 : 1;
      step[k] = Math.min(1, (step[k] as number) * scale);
      const next = (theta[k] as number) - Math.sign(slope) * step[k];
      theta[k] = Math.min(8, Math.max(-14, next));
    });
    before = gradient;
  }
  return unpack(book, best.theta);
}

/** Loss and gradient in the logarithms; both without the priors. */
export function negativeLogLikelihood(
  book: Codebook,
  theta: Float64Array,
  points: readonly Codes[],
  y: Float64Array,
): { loss: number; gradient: Float64Array } {
  const n = points.length;
  const { count } = book;
  const hyper = unpack(book, theta);
  const layout = layOutTables(book);
  const { distance, alike } = fillTables(book, hyper, layout);
  /** The cell of column c for points i and j. */
  const cellOf = (i: Codes, j: Codes, c: number) =>
    (layout.begins[c] as number) + (i[c] as number) * (layout.widths[c] as number) + (j[c] as number);

  const triangle: Triangle = { values: new Float64Array(n * n), stride: n };
  const { values } = triangle;
  const products = new Float64Array(n * n);
  const decays = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const x = points[i] as Codes;
    for (let j = 0; j <= i; j++) {
      const other = points[j] as Codes;
      let squared = 0;
      let sum = 0;
      for (let c = 0; c < count; c++) {
        const cell = cellOf(x, other, c);
        squared += distance[cell] as number;
        sum += alike[cell] as number;
      }
      const r = Math.sqrt(5 * squared);
      const decay = hyper.signal * Math.exp(-r);
      products[i * n + j] = (1 + r + (r * r) / 3) * decay;
      // The slope of the product part in the squared distance.
      decays[i * n + j] = (-5 / 6) * (1 + r) * decay;
      values[i * n + j] = (products[i * n + j] as number) + sum;
    }
    values[i * n + i] = (values[i * n + i] as number) + hyper.noise;
  }
  factor(triangle, n);
  const alpha = y.slice(0, n);
  solveLower(triangle, n, alpha);
  let loss = 0;
  for (let i = 0; i < n; i++) loss += 0.5 * (alpha[i] as number) ** 2 + Math.log(values[i * n + i] as number);
  solveUpper(triangle, n, alpha);
  const inverted = inverse(triangle, n);

  // Slopes are gathered cell by cell of the tables: every column then takes its share once.
  const gradient = new Float64Array(theta.length);
  const scalars = count + book.categories;
  const productCells = new Float64Array(layout.length);
  const alikeCells = new Float64Array(layout.length);
  for (let i = 0; i < n; i++) {
    const x = points[i] as Codes;
    for (let j = 0; j <= i; j++) {
      const other = points[j] as Codes;
      // d loss / d k(i, j), both triangles at once.
      const slope =
        ((inverted[i * n + j] as number) - (alpha[i] as number) * (alpha[j] as number)) * (i === j ? 0.5 : 1);
      const productSlope = slope * (decays[i * n + j] as number);
      for (let c = 0; c < count; c++) {
        const cell = cellOf(x, other, c);
        productCells[cell] = (productCells[cell] as number) + productSlope;
        alikeCells[cell] = (alikeCells[cell] as number) + slope;
      }
      gradient[scalars] = (gradient[scalars] as number) + slope * (products[i * n + j] as number);
      if (i === j)
        gradient[scalars + 2] = (gradient[scalars + 2] as number) + slope * (hyper.noise - leastNoise);
    }
  }
  for (let c = 0; c < count; c++) {
    const list = book.values[c] as readonly number[];
    const first = book.offset[c] as number;
    for (let a = 0; a < list.length; a++) {
      for (let b = 0; b < list.length; b++) {
        const cell = (layout.begins[c] as number) + a * list.length + b;
        const near = alike[cell] as number;
        gradient[scalars + 1] = (gradient[scalars + 1] as number) + (alikeCells[cell] as number) * near;
        const t = distance[cell] as number;
        if (t === 0) continue;
        const perT =
          (productCells[cell] as number) - ((alikeCells[cell] as number) * near * count) / (1 + count * t);
        gradient[c] = (gradient[c] as number) + perT * t;
        if (first < 0) continue;
        for (const value of [list[a] as number, list[b] as number]) {
          const share =
            0.5 * (hyper.category[first + value] as number) * (hyper.inverseSquaredLengthscale[c] as number);
          gradient[count + first + value] = (gradient[count + first + value] as number) + perT * share;
        }
      }
    }
  }
  return { loss, gradient };
}
