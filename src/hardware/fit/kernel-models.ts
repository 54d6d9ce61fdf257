/** Fits the model of each class of kernels: non-negative amounts a launch, a multiplication, a number moved. */
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import { median } from '../price.js';
import { type KernelModel, type TermName, termNames } from '../profile.js';
import { termValue } from '../terms.js';
import { relativeFit } from './nnls.js';

/** One kernel and its time. */
export interface TimedKernel {
  readonly kernel: Kernel;
  readonly us: number;
}

/** Classes that nobody measured, priced as a class that moves the same numbers. */
const standIns: readonly (readonly [KernelOp, readonly KernelOp[]])[] = [
  ['elementwise', ['concat', 'depthwise', 'conv']],
  ['slice', ['concat', 'depthwise', 'conv']],
  ['concat', ['depthwise', 'conv']],
  ['grouped', ['conv']],
  ['dense', ['conv']],
  ['mean', ['depthwise', 'conv']],
  ['max-pool', ['average-pool', 'depthwise']],
  ['average-pool', ['max-pool', 'depthwise']],
];

/** Fewer kernels than this do not make a model. */
const fewest = 8;

function fitClass(kernels: readonly TimedKernel[]): KernelModel {
  const rows = kernels.map(({ kernel }) => termNames.map((name) => termValue(name, kernel)));
  const us = kernels.map((k) => k.us);
  const weights = relativeFit(rows, us);
  const spread = median(
    rows.map((row, i) =>
      Math.abs(row.reduce((sum, v, j) => sum + v * (weights[j] as number), 0) / (us[i] as number) - 1),
    ),
  );
  const terms = termNames
    .map((name, j): [TermName, number] => [name, weights[j] as number])
    .filter(([, weight]) => weight > 0);
  return { kind: 'linear', terms, points: kernels.length, spread };
}

/** A model for every class that can have one. */
export function fitKernelModels(kernels: readonly TimedKernel[]): Partial<Record<KernelOp, KernelModel>> {
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    const own = kernels.filter((k) => k.kernel.op === op);
    if (own.length >= fewest) models[op] = fitClass(own);
  }
  for (const [op, others] of standIns) {
    const other = others.find((candidate) => models[candidate] !== undefined);
    if (models[op] === undefined && other !== undefined) models[op] = { kind: 'as', op: other, spread: 0.5 };
  }
  return models;
}
