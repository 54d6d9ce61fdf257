/**
 * The device kernels of a CPU from the rows of a GPU's kernels. What a GPU merges (additions, scalings, hard swish)
 * a CPU runs by itself; what has no row at all shows as a gap in the numbers of the kernels' names, as each op of the
 * network has one: `convolution_2d_13_linked_:_add_14_linked_:_relu_15`.
 */
import type { Kernel } from '../kernel.js';

/** A row, with the ops that its name lists. */
export interface NamedLaunch {
  readonly kernel: Kernel;
  /** Ops merged into it, in order: `add`, `relu`, `mul`, ... */
  readonly merged: readonly string[];
  /** Ops between the row before and this one that have no row. */
  readonly skipped: number;
  /** Whether its input is larger than its output calls for: a padding of its own ran before. */
  readonly isPadded: boolean;
}

/** What runs inside the kernel before it on a CPU, too. */
const free: ReadonlySet<string> = new Set(['relu', 'relu6']);

const elementwise = (size: number, channels: number, images: number): Kernel => ({
  op: 'elementwise',
  size,
  input: channels,
  output: channels,
  kernel: images,
  stride: 1,
  dilation: 1,
  groups: 1,
  fused: 0,
});

/** A copy of the map that a kernel reads, with its border. */
function padding({ size, stride, kernel, input }: Kernel): Kernel {
  const side = size * stride + kernel - 1;
  return { ...elementwise(side, input, 1), op: 'slice' };
}

/** Element-wise kernels on the map that this one reads, as many as there are ops without a row. */
function skippedBefore({ kernel, skipped, isPadded }: NamedLaunch, before: readonly Kernel[]): Kernel[] {
  const size = kernel.op === 'mean' ? kernel.size : kernel.size * kernel.stride;
  const pass = (images: number) => elementwise(size, kernel.input, images);
  const made: Kernel[] = [];
  // Nothing runs on the image itself but a padding.
  let rest = before.length === 0 ? 0 : skipped - (isPadded ? 1 : 0);
  // A squeeze-and-excitation ends in a vector, and scales a map.
  if (rest > 0 && size > 1 && before.at(-1)?.size === 1) {
    made.push(pass(1));
    rest--;
  }
  // Batch normalisation with an activation: scale, shift; the activation is merged, unless it is a swish.
  while (rest >= 3) {
    made.push(pass(1), pass(1));
    rest -= rest === 4 ? 2 : 3;
  }
  // x times its logistic; one alone is an addition.
  if (rest === 2) made.push(pass(1));
  if (rest >= 1) made.push(pass(2));
  if (isPadded && skipped > 0) made.push(padding(kernel));
  return made;
}

/** The kernels of a split whose parts are joined again by concatenation `at`, which read what was made before them. */
function partsOfSplit(launches: readonly NamedLaunch[], at: number): number[] {
  const { kernel: concat } = launches[at] as NamedLaunch;
  const first = at - concat.kernel;
  const whole = launches[first - 1]?.kernel;
  if (concat.op !== 'concat' || whole === undefined) return [];
  const parts = launches.slice(first, at).map(({ kernel }) => kernel);
  const sum = (channels: (kernel: Kernel) => number) => parts.reduce((all, part) => all + channels(part), 0);
  const isSplit = sum((part) => part.output) === concat.output && sum((part) => part.input) === whole.output;
  return isSplit ? parts.map((_, i) => first + i) : [];
}

/** Every device kernel that a CPU runs for a network's rows. */
export function separateKernels(launches: readonly NamedLaunch[]): Kernel[] {
  const parts = new Set(launches.flatMap((_, at) => partsOfSplit(launches, at)));
  const kernels: Kernel[] = [];
  launches.forEach((launch, at) => {
    const { kernel, merged } = launch;
    if (parts.has(at)) {
      kernels.push({ ...elementwise(kernel.size * kernel.stride, kernel.input, 1), op: 'slice' });
    }
    // The split has a number, too: it stands before its first part.
    const split = parts.has(at) && !parts.has(at - 1) ? 1 : 0;
    const skipped = Math.max(0, launch.skipped - split);
    kernels.push(...skippedBefore({ ...launch, skipped }, kernels), { ...kernel, fused: 0 });
    const size = kernel.op === 'mean' ? 1 : kernel.size;
    for (const op of merged) {
      if (!free.has(op)) kernels.push(elementwise(size, kernel.output, op === 'add' ? 2 : 1));
    }
  });
  return kernels;
}
