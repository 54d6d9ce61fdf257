/** Operators that ran, class by class, and the kernels of an architecture that they are. */
import { MixnasError } from '../../base/index.js';
import type { Kernel, KernelOp } from '../kernel.js';

/** One operator that ran, and its time in a run of the network. */
export interface ProfiledOp {
  readonly type: string;
  readonly us: number;
}

interface OpClass {
  /** For messages. */
  readonly name: string;
  readonly pattern: RegExp;
  /** Kernels of ours that share one sequence of operators. */
  readonly kernels: readonly KernelOp[];
  /** Whether as many operators as kernels must have run: a runtime may pool or join in its own way. */
  readonly exact: boolean;
}

const classes: readonly OpClass[] = [
  {
    name: 'CONV_2D, FULLY_CONNECTED',
    pattern: /^(CONV_2D|FULLY_CONNECTED)$|^(Convolution|Fully Connected)\b(?!.*DWConv)/,
    kernels: ['conv', 'dense', 'grouped'],
    exact: true,
  },
  {
    name: 'DEPTHWISE_CONV_2D',
    pattern: /^DEPTHWISE_CONV_2D$|^Convolution\b.*DWConv/,
    kernels: ['depthwise'],
    exact: true,
  },
  { name: 'MEAN', pattern: /^MEAN$|^(Mean|Global Average Pooling)\b/, kernels: ['mean'], exact: false },
  { name: 'CONCATENATION', pattern: /^CONCATENATION$|^Concatenate\b/, kernels: ['concat'], exact: false },
];

/** Whether it is one of ours: other tables hold what a runtime does besides. */
export const isKnownOp = ({ type }: ProfiledOp) => classes.some(({ pattern }) => pattern.test(type));

/**
 * The kernels of an architecture with the times of the operators, class by class in run order. Kernels whose
 * operators tell no time come without one: they ran.
 * @throws MixnasError `bad-data` when their numbers disagree: another architecture was run.
 */
export function timeKernels(
  { ops }: { readonly ops: readonly ProfiledOp[] },
  kernels: readonly Kernel[],
  what: string,
): { readonly kernel: Kernel; readonly us: number | undefined }[] {
  const times = new Map<Kernel, number>();
  for (const { name, pattern, kernels: kinds, exact } of classes) {
    const mine = ops.filter((op) => pattern.test(op.type));
    const wanted = kernels.filter((kernel) => kinds.includes(kernel.op));
    if (mine.length === wanted.length) {
      wanted.forEach((kernel, i) => times.set(kernel, (mine[i] as ProfiledOp).us));
    } else if (exact) {
      throw new MixnasError(
        'bad-data',
        `${what}: ${mine.length} operators ${name}, but the architecture has ${wanted.length}.`,
        { remedy: 'Name the architecture that was benchmarked, at its resolution.' },
      );
    }
  }
  // A time of 0 is below the clock's resolution and says nothing.
  return kernels.map((kernel) => ({ kernel, us: times.get(kernel) || undefined }));
}
