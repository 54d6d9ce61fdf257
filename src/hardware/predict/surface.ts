/**
 * A fitted model as a surface: the latency at the nodes of a grid over window, size and channels, on
 * logarithmic axes, interpolated between nodes. The nodes never fall along any axis, so neither does the
 * interpolation: the model is monotone in each dimension. Beyond the last node latency grows as work does:
 * with the square of size and window, in proportion to channels.
 */
import { MixnasError } from '../../base/index.js';
import type { Kernel } from '../kernel.js';
import type { SurfaceModel } from '../profile/index.js';
import { depthQuads, quads } from './terms.js';

/** A model ready to be asked. */
export type KernelPricer = (kernel: Kernel) => number;

/** Where a value lies on an axis: between nodes `at` and `at + 1`, `share` of the way; how far beyond. */
interface Place {
  at: number;
  share: number;
  beyond: number;
}

function locate(axis: Float64Array, value: number, place: Place): void {
  const last = axis.length - 1;
  const x = Math.log(value);
  place.beyond = 0;
  place.share = 0;
  place.at = 0;
  if (x <= (axis[0] as number)) {
    place.beyond = x - (axis[0] as number);
    return;
  }
  if (x >= (axis[last] as number)) {
    place.at = last;
    place.beyond = x - (axis[last] as number);
    return;
  }
  while ((axis[place.at + 1] as number) <= x) place.at++;
  const low = axis[place.at] as number;
  place.share = (x - low) / ((axis[place.at + 1] as number) - low);
}

function summed(line: readonly number[]): number[] {
  let sum = 0;
  return line.map((step) => (sum += step));
}

/** Powers of (window, size, channels in, channels out) with which latency grows beyond the last node. */
const growth = [2, 2, 1, 1] as const;
/** And with which it falls before the first: for the window more slowly, as not all of the work shrinks. */
const shrink = [1, 2, 1, 1] as const;

/**
 * @param model whose `values` are a thousand times the natural logarithm of µs: for each stride, in the
 *   order window, size, in, a line over out that holds its first value and then how much each adds.
 */
export function createSurface(model: SurfaceModel): KernelPricer {
  const { axes } = model;
  const scales = [axes.kernel, axes.size, axes.input, axes.output].map((axis) =>
    Float64Array.from(axis, Math.log),
  );
  const [windows, sizes, ins, outs] = scales as [Float64Array, Float64Array, Float64Array, Float64Array];
  const nodes = windows.length * sizes.length * ins.length * outs.length;
  const values = model.values.map((lines) => Float64Array.from(lines.flatMap(summed)));
  if (values.length !== axes.stride.length || values.some((list) => list.length !== nodes)) {
    throw new MixnasError('bad-profile', `A surface has ${nodes} nodes a stride, but not as many values.`);
  }
  const steps = [sizes.length * ins.length * outs.length, ins.length * outs.length, outs.length, 1] as const;
  const places: Place[] = scales.map(() => ({ at: 0, share: 0, beyond: 0 }));

  /** Multilinear interpolation over the axes from `axis` on. */
  const interpolate = (list: Float64Array, axis: number, offset: number): number => {
    if (axis === 4) return list[offset] as number;
    const { at, share } = places[axis] as Place;
    const step = steps[axis as 0 | 1 | 2 | 3];
    const low = interpolate(list, axis + 1, offset + at * step);
    return share === 0 ? low : low + share * (interpolate(list, axis + 1, offset + (at + 1) * step) - low);
  };

  return (kernel) => {
    locate(windows, kernel.kernel, places[0] as Place);
    locate(sizes, kernel.size, places[1] as Place);
    locate(ins, depthQuads(kernel), places[2] as Place);
    locate(outs, quads(kernel.output), places[3] as Place);
    let stride = axes.stride.length - 1;
    while (stride > 0 && (axes.stride[stride] as number) > kernel.stride) stride--;
    let log = interpolate(values[stride] as Float64Array, 0, 0) / 1000;
    // What a concatenation reads is decided by its channels, however many images they come from.
    if (kernel.op === 'concat') (places[0] as Place).beyond = 0;
    for (let axis = 0; axis < 4; axis++) {
      const { beyond } = places[axis] as Place;
      log += beyond * ((beyond > 0 ? growth : shrink)[axis] as number);
    }
    return Math.exp(log);
  };
}
