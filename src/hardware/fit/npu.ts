/**
 * An NPU's models from whole networks on it and on its siblings: matrix units work in tiles of 32 channels and 64
 * pixels, so that is what multiplications cost; grouped convolutions run as blocks on the diagonal of a dense one;
 * depthwise and element-wise kernels wait for their maps. What a unit costs keeps its proportions on all chips and
 * runtimes, up to one factor each; a chip's own networks then move each term as far as a prior around 1 lets them.
 */
import { median } from '../../base/index.js';
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import { padded, termValue } from '../predict/index.js';
import type { KernelModel, Profile, TermName } from '../profile/index.js';
import { nonNegativeLeastSquares, weightedFit } from './solve/index.js';

interface Whole {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
  /** How much its time counts where all devices are fitted together; 1 where absent. */
  readonly trust?: number | undefined;
}

/** Unknowns: what a unit of some terms costs in some classes. */
const columns: readonly (readonly [ops: readonly KernelOp[], terms: readonly TermName[]])[] = [
  [['conv', 'grouped', 'depthwise', 'dense'], ['launch']],
  [['conv'], ['tile-pointwise-macs']],
  [['conv'], ['tile-window-macs']],
  [['grouped'], ['block-weights']],
  [['depthwise'], ['reads', 'writes']],
  [['elementwise'], ['reads', 'writes']],
  [['conv', 'grouped', 'depthwise', 'dense'], ['weights']],
];

/** With fewer networks the proportions are not found. */
export const fewestForNpu = 10;
/** Of a class that no network shows a cost of, as it is merged or hidden: a nanosecond, since nothing is free. */
const nothing: [TermName, number][] = [['launch', 1e-3]];
const rounds = 4;
/** How far a term of one chip may be from its share of all, against relative errors of networks. */
const ownWidth = 0.1;
const noise = 0.1;

function amounts(kernels: readonly Kernel[]): number[] {
  const whole = kernels.map(padded);
  const sums = columns.map(([ops, terms]) =>
    whole.reduce(
      (sum, kernel) =>
        ops.includes(kernel.op) ? sum + terms.reduce((us, term) => us + termValue(term, kernel), 0) : sum,
      0,
    ),
  );
  return [...sums, 1];
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);

/** Costs of the columns, then of a network, on the first device. */
function costs(devices: readonly (readonly Whole[])[]): number[] {
  const rows = devices.map((networks) =>
    networks.map(({ kernels, endToEndUs, trust = 1 }) => ({
      row: amounts(kernels),
      us: endToEndUs,
      trust,
    })),
  );
  const first = rows[0] as (typeof rows)[0];
  let scales = rows.map((list) => median(list.map((r) => r.us)) / median(first.map((r) => r.us)));
  let shared: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const all = rows.flatMap((list, d) =>
      list.map(({ row, us, trust }) => row.map((v) => (trust * v * (scales[d] as number)) / us)),
    );
    shared = weightedFit(
      all,
      rows.flatMap((list) => list.map(({ trust }) => trust)),
    );
    scales = rows.map((list) => median(list.map(({ row, us }) => us / dot(row, shared))));
  }
  const prior = shared.map((cost) => cost * (scales[0] as number));
  const held = noise / ownWidth;
  const factors = nonNegativeLeastSquares(
    [
      ...first.map(({ row, us }) => row.map((v, i) => (v * (prior[i] as number)) / us)),
      ...prior.map((_, i) => prior.map((_p, j) => (i === j ? held : 0))),
    ],
    [...first.map(() => 1), ...prior.map(() => held)],
  );
  return prior.map((cost, i) => cost * (factors[i] as number));
}

/** @param siblings the same and other networks on other chips, or under other runtimes. */
export function fitNpu(
  networks: readonly Whole[],
  siblings: readonly (readonly Whole[])[],
): Pick<Profile, 'models' | 'overhead'> {
  const x = costs([networks, ...siblings]);
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    const terms = columns.flatMap(([ops, names], i) =>
      ops.includes(op) && (x[i] as number) > 0
        ? names.map((name): [TermName, number] => [name, x[i] as number])
        : [],
    );
    models[op] =
      op === 'winograd' || op === 'small-conv'
        ? { kind: 'as', op: 'conv' }
        : { kind: 'linear', terms: terms.length > 0 ? terms : nothing, points: 0 };
  }
  return { models, overhead: { fixedUs: x.at(-1) ?? 0, scale: 1, sqrtUs: 0, leastKernelUs: 0 } };
}
