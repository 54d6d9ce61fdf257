/**
 * A profile from a handful of networks: the prices of a device that computes alike, with a factor for each of a few
 * kinds of device kernels. The factors are held together: three networks move them as one, thirty apart.
 */
import type { Kernel, KernelOp } from '../kernel.js';
import { createPricer } from '../predict/index.js';
import type { Profile } from '../profile/index.js';
import { nonNegativeLeastSquares } from './solve/index.js';
import { scaledModel } from './recalibrate.js';

interface Whole {
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

const kinds = ['products', 'depthwise', 'rest'] as const;

function kindOf(op: KernelOp): number {
  if (op === 'depthwise') return 1;
  return op === 'conv' || op === 'grouped' || op === 'winograd' || op === 'small-conv' ? 0 : 2;
}

/** Relative deviation expected of a network, and of a factor from the common one. */
const noise = 0.05;
const spread = 0.4;

/** @param base priced by terms, without overhead but the fixed one. */
export function likeSibling(base: Profile, networks: readonly Whole[]): Profile {
  const pricer = createPricer(base);
  const rows = networks.map(({ kernels, endToEndUs }) => {
    const parts = kinds.map(() => 0);
    for (const kernel of kernels) {
      const kind = kindOf(kernel.op);
      parts[kind] = (parts[kind] as number) + pricer.us(kernel);
    }
    return [0, ...parts, 1].map((us) => us / endToEndUs);
  });
  const common = 1 / Math.max(...rows.map((row) => row.slice(1, -1).reduce((a, b) => a + b, 0)));
  const weight = noise / (spread * common);
  const ties = kinds.map((_, kind) => [-weight, ...kinds.map((_, j) => (j === kind ? weight : 0)), 0]);
  const times = networks.map((n) => n.endToEndUs);
  // A network costs little besides its device kernels: at most about a tenth of the fastest.
  const fixed = [...kinds.map(() => 0), 0, noise / (0.1 * Math.min(...times))];
  const x = nonNegativeLeastSquares(
    [...rows, ...ties, fixed],
    [...rows.map(() => 1), ...ties.map(() => 0), 0],
  );
  const models = Object.fromEntries(
    Object.entries(base.models).map(([op, model]) => [
      op,
      scaledModel(model, x[1 + kindOf(op as KernelOp)] as number),
    ]),
  );
  const overhead = { ...base.overhead, fixedUs: x.at(-1) as number };
  return { ...base, models, overhead };
}
