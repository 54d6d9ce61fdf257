/**
 * A CPU's models from whole networks: what each term of a device kernel costs is the same in every network.
 * Non-negative least squares of relative errors, with a weak prior: a term costs, compared with a multiplication,
 * some usual amount, and is believed up to ten times of it. Fewer and freer terms fit as well and predict new
 * families worse; so do other tiles than quads, and costs of strided windows (docs/hardware.md).
 */
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import { padded, termValue } from '../predict/index.js';
import type { KernelModel, Profile, TermName } from '../profile/index.js';
import { fitWithPrior } from './solve/index.js';

interface MeasuredNetwork {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

/** One unknown: what a unit of a term costs in some classes, by its usual cost in multiplications (millions, if the unit is). */
interface Column {
  readonly term: TermName;
  readonly ops: readonly KernelOp[];
  readonly usual: number;
  /** Whether nothing does without it: it then costs at least a share of what is usual. */
  readonly sure: boolean;
}

const products = ['conv'] as const;
const pools = ['max-pool', 'average-pool'] as const;
const column = (term: TermName, ops: readonly KernelOp[], usual: number): Column => ({
  term,
  ops,
  usual,
  sure: false,
});
/** What moves numbers or starts a kernel takes time on every machine, however little the networks show it. */
const sure = (...given: Parameters<typeof column>): Column => ({ ...column(...given), sure: true });

/** The first one is what the others are compared with. */
const columns: readonly Column[] = [
  column('macs', products, 1),
  column('deep-macs', products, 0.2),
  column('window-macs', products, 0.1),
  column('strided-macs', products, 0.05),
  column('spill-32k', products, 0.05),
  column('spill-128k', products, 0.05),
  column('spill-512k', products, 0.05),
  column('spill-2m', products, 0.05),
  column('gathers', products, 60),
  column('patches', products, 1),
  column('steps', products, 60 / 48),
  sure('reads', products, 8),
  sure('writes', products, 12),
  sure('weights', products, 8),
  // The runtime has no fast path for groups: one multiplication after the other.
  column('macs', ['grouped'], 10),
  column('octet-macs', ['grouped'], 5),
  column('steps', ['grouped'], 10),
  column('reads', ['grouped'], 50),
  column('writes', ['grouped'], 50),
  sure('macs', ['depthwise'], 2),
  column('wide-macs', ['depthwise'], 0.5),
  column('widest-macs', ['depthwise'], 0.1),
  column('gathers', ['depthwise'], 20),
  sure('reads', ['depthwise'], 6),
  sure('writes', ['depthwise'], 8),
  sure('weights', ['dense'], 8),
  sure('macs', pools, 2),
  sure('reads', ['mean'], 4),
  sure('writes', ['concat'], 12),
  sure('writes', ['slice'], 4),
  sure('unary', ['elementwise'], 14),
  sure('binary', ['elementwise'], 14),
  sure('launch', ['elementwise'], 0.02),
  sure('map', ['elementwise'], 0.03),
  sure('launch', [...products, 'grouped', 'depthwise', 'dense', ...pools, 'mean', 'concat'], 0.03),
];
/** Of a whole network, in millions of multiplications. */
const usualFixed = 0.5;

/** How many times its usual cost a term may be. */
const trust = 10;
/**
 * What a term that nothing does without costs at least, of what is usual. Multiplications of 8-bit integers are cheap,
 * so that the rest weighs more: with 0.4 families left out are predicted better in int8, worse in float.
 */
const leastShare = (precision: string) => (precision === 'int8' ? 0.4 : 0.2);
/** With fewer networks than this so many unknowns are not found. */
export const fewestForCpu = 40;

/** The device kernels of one network by class, channels in quads. */
function byClass(kernels: readonly Kernel[]): ReadonlyMap<KernelOp, Kernel[]> {
  const classes = new Map<KernelOp, Kernel[]>();
  for (const kernel of kernels) {
    const list = classes.get(kernel.op);
    if (list) list.push(padded(kernel));
    else classes.set(kernel.op, [padded(kernel)]);
  }
  return classes;
}

/** Amounts of a network's terms do not change from fit to fit. */
const remembered = new WeakMap<readonly Kernel[], number[]>();

/** Amounts of all columns, and 1 for the network. */
function amounts(kernels: readonly Kernel[]): number[] {
  const known = remembered.get(kernels);
  if (known) return known;
  const classes = byClass(kernels);
  const row = columns.map(({ term, ops }) => {
    let sum = 0;
    for (const op of ops) for (const kernel of classes.get(op) ?? []) sum += termValue(term, kernel);
    return sum;
  });
  row.push(1);
  remembered.set(kernels, row);
  return row;
}

/** Costs of the columns, then of a network. */
function costs(networks: readonly MeasuredNetwork[], precision: string): number[] {
  return fitWithPrior(
    networks.map(({ kernels }) => amounts(kernels)),
    networks.map((n) => n.endToEndUs),
    [...columns, { usual: usualFixed, sure: false }],
    trust,
    leastShare(precision),
  );
}

/** How many device kernels of a class were in the networks, and their windows. */
function seen(networks: readonly MeasuredNetwork[], op: KernelOp): { points: number; windows: number[] } {
  const kernels = networks.flatMap((network) => network.kernels.filter((kernel) => kernel.op === op));
  return {
    points: kernels.length,
    windows: [...new Set(kernels.map((k) => k.kernel))].sort((a, b) => a - b),
  };
}

export function fitCpu(
  networks: readonly MeasuredNetwork[],
  precision: string,
): Pick<Profile, 'models' | 'overhead'> {
  const x = costs(networks, precision);
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    const terms = new Map<TermName, number>();
    columns.forEach(({ term, ops }, i) => {
      const cost = x[i] as number;
      if (cost > 0 && ops.includes(op)) terms.set(term, (terms.get(term) ?? 0) + cost);
    });
    if (terms.size > 0) models[op] = { kind: 'linear', terms: [...terms], ...seen(networks, op) };
  }
  // What no network had is priced as its next of kin.
  const kin: readonly [KernelOp, KernelOp][] = [
    ['slice', 'concat'],
    ['concat', 'slice'],
    ['winograd', 'conv'],
    ['small-conv', 'conv'],
    ['average-pool', 'max-pool'],
    ['max-pool', 'average-pool'],
  ];
  for (const [op, like] of kin) if (!models[op] && models[like]) models[op] = { kind: 'as', op: like };
  for (const op of kernelOps) models[op] ??= { kind: 'linear', terms: [], points: 0 };
  return { models, overhead: { fixedUs: x.at(-1) as number, scale: 1, sqrtUs: 0, leastKernelUs: 0 } };
}
