/**
 * Makes a surface: boosted trees learn by how much device kernels deviate from a sum of physical terms; both are
 * evaluated at the nodes of a grid, and the grid is made monotone along each axis.
 */
import { isDeep, type Kernel, type KernelOp } from '../kernel.js';
import type { SurfaceModel } from '../profile/index.js';
import { depthQuads, quads } from '../predict/index.js';
import type { Deviation } from './deviation.js';
import type { LinearFit, TimedKernel } from './linear.js';

const sizeNodes = [1, 2, 4, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160];
const quadNodes = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 101, 128, 161, 203, 256, 323, 406, 512,
];
/** Fewer device kernels of a window or a stride than this make no node of it. */
const fewestOfKind = 3;

function common(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const often = [...counts].filter(([, count]) => count >= fewestOfKind).map(([value]) => value);
  return (often.length > 0 ? often : [...counts.keys()]).sort((a, b) => a - b);
}

/** The nodes up to the first one that is not below what was measured. */
function reaching(most: number): number[] {
  const end = quadNodes.findIndex((q) => q >= most);
  return end < 0 ? quadNodes : quadNodes.slice(0, end + 1);
}

/**
 * For a class that begins at some size, the last node that is not above its smallest device kernel, and those
 * after.
 */
function from(nodes: readonly number[], least: number): number[] {
  return nodes.filter((_, i) => (nodes[i + 1] ?? Number.POSITIVE_INFINITY) > least);
}

function axesFor(op: KernelOp, kernels: readonly Kernel[]): SurfaceModel['axes'] {
  const ins = kernels.map(depthQuads);
  const outs = kernels.map((k) => quads(k.output));
  const least = (values: readonly number[]) => (op === 'winograd' ? Math.min(...values) : 1);
  return {
    stride: common(kernels.map((k) => k.stride)),
    kernel: common(kernels.map((k) => k.kernel)),
    size: op === 'dense' ? [1] : from(sizeNodes, least(kernels.map((k) => k.size))),
    input: isDeep(op) ? from(reaching(Math.max(...ins)), least(ins)) : [1],
    output: from(reaching(Math.max(...outs)), least(outs)),
  };
}

/** A device kernel that stands for a node. A grouped convolution has as many channels in as out. */
function kernelAt(
  op: KernelOp,
  stride: number,
  kernel: number,
  size: number,
  input: number,
  output: number,
): Kernel {
  const groups = op === 'grouped' ? Math.max(1, Math.round(output / input)) : 1;
  const channels = isDeep(op) ? 4 * input * groups : 4 * output;
  return { op, size, input: channels, output: 4 * output, kernel, stride, dilation: 1, groups, fused: 0 };
}

/** Each value becomes the mean of the largest before it and the smallest after it, along every axis at once. */
export function makeMonotone(values: Float64Array, shape: readonly number[]): Float64Array {
  const up = values.slice();
  const down = values.slice();
  let step = 1;
  for (const length of shape.toReversed()) {
    for (let i = 0; i < values.length; i++) {
      if (Math.floor(i / step) % length > 0) up[i] = Math.max(up[i] as number, up[i - step] as number);
    }
    for (let i = values.length - 1; i >= 0; i--) {
      if (Math.floor(i / step) % length < length - 1) {
        down[i] = Math.min(down[i] as number, down[i + step] as number);
      }
    }
    step *= length;
  }
  return up.map((value, i) => (value + (down[i] as number)) / 2);
}

/**
 * The surface of one class of device kernels.
 * @param timed kernels between which the nodes lie: the class's, and of a like class.
 * @param base times e to the power of `deviation` is what the nodes hold.
 */
export function fitSurface(
  op: KernelOp,
  timed: readonly TimedKernel[],
  base: LinearFit,
  deviation: Deviation,
): SurfaceModel {
  const axes = axesFor(
    op,
    timed.map((t) => t.kernel),
  );
  const { kernel: windows, size: sizes, input: ins, output: outs } = axes;
  const values = axes.stride.map((stride) => {
    const logs = new Float64Array(windows.length * sizes.length * ins.length * outs.length);
    let at = 0;
    for (const window of windows) {
      for (const size of sizes) {
        for (const input of ins) {
          const line = outs.map((output) => kernelAt(op, stride, window, size, input, output));
          const deviations = deviation(line);
          line.forEach((kernel, i) => {
            logs[at++] = Math.log(base.us(kernel)) + (deviations[i] as number);
          });
        }
      }
    }
    const monotone = makeMonotone(logs, [windows.length, sizes.length, ins.length, outs.length]);
    const lines: number[][] = [];
    for (let i = 0; i < monotone.length; i += outs.length) {
      const line = Array.from(monotone.subarray(i, i + outs.length), (log) => Math.round(1000 * log));
      lines.push(line.map((value, at) => (at === 0 ? value : value - (line[at - 1] as number))));
    }
    return lines;
  });
  const points = timed.filter((t) => t.kernel.op === op).length;
  return { kind: 'surface', points, fusedUs: base.weight('fused'), axes, values };
}
