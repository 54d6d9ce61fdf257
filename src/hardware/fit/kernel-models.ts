/** Fits the model of each class of device kernels, and states one for the classes that nobody measured. */
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import type { KernelModel, TermName } from '../profile/index.js';
import { fitDeviation } from './deviation.js';
import { fitLinear, type LinearFit, type TimedKernel } from './linear.js';
import { fitSurface } from './surface.js';

/** Fewer device kernels than this make no model, and than that no surface. */
const fewestForLinear = 4;
const fewestForSurface = 20;

/** Classes that were not measured, priced as a class that does the same work. */
const standIns: readonly (readonly [KernelOp, readonly KernelOp[]])[] = [
  ['grouped', ['conv']],
  ['winograd', ['conv']],
  ['small-conv', ['conv']],
  ['dense', ['conv']],
  ['mean', ['average-pool', 'depthwise', 'conv']],
  ['max-pool', ['average-pool', 'depthwise', 'conv']],
  ['average-pool', ['max-pool', 'depthwise', 'conv']],
];

/** Classes whose measurements show what copying numbers costs, the best first. */
const copiers: readonly KernelOp[] = ['concat', 'average-pool', 'depthwise', 'conv'];

type Models = Partial<Record<KernelOp, KernelModel>>;

/**
 * What is only moved and never measured, slices and element-wise device kernels, costs the traffic of the best
 * known copier and the cheapest launch there is.
 */
function copyModel(fits: ReadonlyMap<KernelOp, LinearFit>): KernelModel {
  const copier = copiers.map((op) => fits.get(op)).find((fit) => fit !== undefined);
  const launches = [...fits.values()].map((fit) => fit.weight('launch')).filter((us) => us > 0);
  const moved: TermName[] = ['reads', 'writes'];
  const terms = moved.map((name): [TermName, number] => [name, copier?.weight(name) ?? 0]);
  return { kind: 'linear', terms: [['launch', Math.min(...launches, 1e3)], ...terms], points: 0 };
}

/**
 * The kinds of convolutions learn from each other: memory and occupancy are the same for all of them. A grouped
 * one takes what a plain one with the channels of one group as its input takes, and some 5 to 20 % more.
 */
const convolutions: readonly KernelOp[] = ['conv', 'winograd', 'small-conv', 'grouped'];
const families: readonly (readonly KernelOp[])[] = [
  convolutions,
  ...kernelOps.filter((op) => !convolutions.includes(op)).map((op) => [op]),
];

/** The sum of terms that each class of a family starts from: its own where it has many device kernels. */
function baseFits(family: readonly KernelOp[], timed: readonly TimedKernel[]): Map<KernelOp, LinearFit> {
  const own = (op: KernelOp) => timed.filter((t) => t.kernel.op === op);
  const apart = family.filter((op) => op === 'small-conv' && own(op).length >= fewestForSurface);
  const rest = timed.filter((t) => !apart.includes(t.kernel.op));
  const shared = rest.length >= fewestForLinear ? fitLinear(rest) : undefined;
  return new Map(
    family.flatMap((op) => {
      const fit = apart.includes(op) ? fitLinear(own(op)) : own(op).length > 0 ? shared : undefined;
      return fit ? [[op, fit] as const] : [];
    }),
  );
}

/** A model for every class that can have one. */
export function fitKernelModels(kernels: readonly TimedKernel[]): Models {
  const models: Models = {};
  const fits = new Map<KernelOp, LinearFit>();
  for (const family of families) {
    // Dilated device kernels are in the table where they were seen; the model is of those without.
    const timed = kernels.filter((k) => family.includes(k.kernel.op) && k.kernel.dilation === 1);
    const bases = baseFits(family, timed);
    const baseUs = (kernel: Kernel) => (bases.get(kernel.op) as LinearFit).us(kernel);
    const deviation = timed.length >= fewestForSurface ? fitDeviation(timed, baseUs) : undefined;
    // Grouped device kernels of other windows than were measured are known through the plain ones.
    const plain = timed.filter((t) => t.kernel.op === 'conv');
    for (const [op, fit] of bases) {
      const own = timed.filter((t) => t.kernel.op === op);
      fits.set(op, fit);
      models[op] = deviation
        ? fitSurface(op, op === 'grouped' ? [...own, ...plain] : own, fit, deviation)
        : { kind: 'linear', terms: fit.terms, points: own.length };
    }
  }
  for (const [op, others] of standIns) {
    const other = others.find((candidate) => models[candidate] !== undefined);
    if (models[op] === undefined && other !== undefined) models[op] = { kind: 'as', op: other };
  }
  const copy = copyModel(fits);
  return {
    ...models,
    concat: models.concat ?? copy,
    elementwise: models.elementwise ?? copy,
    slice: models.slice ?? copy,
  };
}
