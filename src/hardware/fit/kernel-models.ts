/** Fits the model of each class of kernels, and states one for the classes that nobody measured. */
import { type KernelOp, kernelOps } from '../kernel.js';
import type { KernelModel, TermName } from '../profile.js';
import { fitLinear, type LinearFit, type TimedKernel } from './linear.js';
import { fitSurface } from './surface.js';

/** Fewer kernels than this make no model, and than that no surface. */
const fewestForLinear = 4;
const fewestForSurface = 20;

/** Classes that were not measured, priced as a class that does the same work. */
const standIns: readonly (readonly [KernelOp, readonly KernelOp[]])[] = [
  ['grouped', ['conv']],
  ['dense', ['conv']],
  ['mean', ['average-pool', 'depthwise', 'conv']],
  ['max-pool', ['average-pool', 'depthwise', 'conv']],
  ['average-pool', ['max-pool', 'depthwise', 'conv']],
];

/** Classes whose measurements tell what copying numbers costs, the best first. */
const copiers: readonly KernelOp[] = ['concat', 'average-pool', 'depthwise', 'conv'];

type Models = Partial<Record<KernelOp, KernelModel>>;

/**
 * What is only moved and never measured, slices and element-wise kernels, costs the traffic of the best
 * known copier and the cheapest launch there is.
 */
function copyModel(fits: ReadonlyMap<KernelOp, LinearFit>): KernelModel {
  const copier = copiers.map((op) => fits.get(op)).find((fit) => fit !== undefined);
  const launches = [...fits.values()].map((fit) => fit.weight('launch')).filter((us) => us > 0);
  const moved: TermName[] = ['reads', 'writes'];
  const terms = moved.map((name): [TermName, number] => [name, copier?.weight(name) ?? 0]);
  return { kind: 'linear', terms: [['launch', Math.min(...launches, 1e3)], ...terms], points: 0 };
}

/** A model for every class that can have one. */
export function fitKernelModels(kernels: readonly TimedKernel[]): Models {
  const models: Models = {};
  const fits = new Map<KernelOp, LinearFit>();
  for (const op of kernelOps) {
    // Dilated kernels are in the table where they were seen; the model is of those without.
    const own = kernels.filter((k) => k.kernel.op === op && k.kernel.dilation === 1);
    if (own.length < fewestForLinear) continue;
    const fit = fitLinear(own);
    fits.set(op, fit);
    models[op] =
      own.length >= fewestForSurface
        ? fitSurface(op, own, fit)
        : { kind: 'linear', terms: fit.terms, points: own.length };
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
