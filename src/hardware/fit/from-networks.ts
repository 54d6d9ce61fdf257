/**
 * A profile's models from end-to-end times alone: a launch, a multiplication of each kind, a number moved and
 * a weight cost the same in every network; non-negative least squares over the networks finds how much.
 */
import {
  type Kernel,
  type KernelOp,
  kernelMacs,
  kernelOps,
  kernelReads,
  kernelWeights,
  kernelWrites,
} from '../kernel.js';
import type { KernelModel, Profile, TermName } from '../profile/index.js';
import { padded } from '../predict/index.js';
import { relativeFit } from './solve/index.js';

interface MeasuredNetwork {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

/** Kinds of multiplications that devices run at different speeds; the other classes only move numbers. */
const kinds = ['conv', 'grouped', 'depthwise'] as const satisfies readonly KernelOp[];
const kindOf = (op: KernelOp) =>
  kinds.findIndex((kind) => kind === op || (op === 'dense' && kind === 'conv'));

/** [1, launches, M multiplications of each kind, M numbers moved, M weights]. */
function row(kernels: readonly Kernel[]): number[] {
  const macs = kinds.map(() => 0);
  let moved = 0;
  let weights = 0;
  for (const kernel of kernels.map(padded)) {
    const kind = kindOf(kernel.op);
    if (kind >= 0) macs[kind] = (macs[kind] as number) + kernelMacs(kernel) / 1e6;
    moved += (kernelReads(kernel) + kernelWrites(kernel)) / 1e6;
    weights += kernelWeights(kernel) / 1e6;
  }
  return [1, kernels.length, ...macs, moved, weights];
}

export function fitFromNetworks(networks: readonly MeasuredNetwork[]): Pick<Profile, 'models' | 'overhead'> {
  const x = relativeFit(
    networks.map(({ kernels }) => row(kernels)),
    networks.map((n) => n.endToEndUs),
  );
  const [fixedUs = 0, launch = 0] = x;
  const moved = x[2 + kinds.length] ?? 0;
  const weights = x[3 + kinds.length] ?? 0;
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    const kind = kindOf(op);
    const amounts: readonly [TermName, number][] = [
      ['launch', launch],
      ['macs', kind < 0 ? 0 : (x[2 + kind] as number)],
      ['reads', moved],
      ['writes', moved],
      ['fused', moved],
      ['weights', weights],
    ];
    models[op] = { kind: 'linear', terms: amounts.filter(([, weight]) => weight > 0), points: 0 };
  }
  return { models, overhead: { fixedUs, scale: 1, sqrtUs: 0, leastKernelUs: 0 } };
}
