/** Models of GPUs with tensor cores from a handful of whole networks, held near what such GPUs usually cost. */
import {
  type Kernel,
  type KernelOp,
  kernelMacs,
  kernelOps,
  kernelReads,
  kernelWeights,
  kernelWrites,
} from '../kernel.js';
import { padded } from '../predict/index.js';
import type { KernelModel, Profile, TermName } from '../profile/index.js';
import { nonNegativeLeastSquares } from './solve/index.js';

interface Whole {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

const products: readonly KernelOp[] = ['conv', 'dense', 'winograd', 'small-conv'];
const few: readonly KernelOp[] = ['depthwise', 'grouped'];

/** What terms usually cost, compared with a million multiplications of a convolution: `row` says which they are. */
const usual = [1, 8, 30, 40, 10, 20];
/** Of the time of a network of large convolutions, what they take. */
const convolutions = 0.7;
/** Relative deviation expected of a network, and of a term from what it usually costs. */
const noise = 0.05;
const spread = 1;

/** [M multiplications of convolutions, of those without tensor cores, M numbers moved, M weights, launches, 1]. */
function row(kernels: readonly Kernel[]): number[] {
  const sum = (value: (kernel: Kernel) => number) =>
    kernels.map(padded).reduce((all, k) => all + value(k), 0) / 1e6;
  return [
    sum((k) => (products.includes(k.op) ? kernelMacs(k) : 0)),
    sum((k) => (few.includes(k.op) ? kernelMacs(k) : 0)),
    sum((k) => kernelReads(k) + kernelWrites(k)),
    sum(kernelWeights),
    kernels.length,
    1,
  ];
}

export function fitTensorGpu(networks: readonly Whole[]): Pick<Profile, 'models' | 'overhead'> {
  const rows = networks.map(({ kernels, endToEndUs }) => row(kernels).map((amount) => amount / endToEndUs));
  const typical = convolutions / Math.max(...rows.map(([macs]) => macs as number));
  const prior = usual.map((amount, i) => {
    const weight = noise / (spread * amount * typical);
    return { row: usual.map((_, j) => (i === j ? weight : 0)), target: weight * amount * typical };
  });
  const [macs = 0, others = 0, moved = 0, weights = 0, launch = 0, fixedUs = 0] = nonNegativeLeastSquares(
    [...rows, ...prior.map((p) => p.row)],
    [...rows.map(() => 1), ...prior.map((p) => p.target)],
  );
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    const work = products.includes(op) ? macs : few.includes(op) ? others : 0;
    const amounts: readonly [TermName, number][] = [
      ['launch', launch],
      ['macs', work],
      ['reads', moved],
      ['writes', moved],
      ['fused', moved],
      ['weights', weights],
    ];
    models[op] = { kind: 'linear', terms: amounts.filter(([, cost]) => cost > 0), points: 0 };
  }
  return { models, overhead: { fixedUs, scale: 1, sqrtUs: 0, leastKernelUs: 0 } };
}
