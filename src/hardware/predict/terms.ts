/** The physical quantities that fitted models are sums of: each grows with every dimension of a device kernel. */
import { isDeep, type Kernel, kernelMacs, kernelReads, kernelWeights, kernelWrites } from '../kernel.js';
import { isCpuTerm, type TermName } from '../profile/index.js';
import { cpuTermValue } from './cpu-terms.js';

/** Channels in groups of four, the way GPUs store them. */
export function quads(channels: number): number {
  return Math.ceil(channels / 4);
}

/** Quads of channels that one output is summed over: all of its group's inputs, one for a depthwise device kernel. */
export function depthQuads(kernel: Kernel): number {
  return isDeep(kernel.op) ? quads(kernel.input / kernel.groups) : 1;
}

/** The same device kernel with its channels rounded up to whole quads: what the device really computes. */
export function padded(kernel: Kernel): Kernel {
  const whole = (channels: number) => 4 * quads(channels);
  const { op, input, output, groups } = kernel;
  const wide = op === 'grouped' ? groups * whole(input / groups) : whole(input);
  return { ...kernel, input: wide, output: whole(output) };
}

/** Channels and pixels of a tile of a matrix unit. */
const tile = { channels: 32, pixels: 64 };

/** Millions of multiplications in whole tiles. */
function tileMacs({ size, input, output, kernel }: Kernel): number {
  const whole = (channels: number) => tile.channels * Math.ceil(channels / tile.channels);
  return (Math.max(size * size, tile.pixels) * kernel ** 2 * whole(input) * whole(output)) / 1e6;
}

/**
 * A device kernel's amount of one term: 1 for `launch`, thousands of steps that follow one another for `serial`
 * (each output is a sum over window and depth), the images read for `inputs`, else millions of multiplications or
 * of numbers moved. Winograd's tiles of 4x4 pixels have a term of their own.
 */
export function termValue(name: TermName, kernel: Kernel): number {
  if (isCpuTerm(name)) return cpuTermValue(name, kernel);
  switch (name) {
    case 'launch':
      return 1;
    case 'serial':
      return (depthQuads(kernel) * (kernel.op === 'concat' ? 1 : kernel.kernel ** 2)) / 1e3;
    case 'macs':
      return kernel.op === 'winograd' ? 0 : kernelMacs(kernel) / 1e6;
    case 'winograd':
      return kernel.op === 'winograd'
        ? kernelMacs({ ...kernel, size: 4 * Math.ceil(kernel.size / 4) }) / 1e6
        : 0;
    case 'reads':
      return kernelReads({ ...kernel, fused: 0 }) / 1e6;
    case 'writes':
      return kernelWrites(kernel) / 1e6;
    case 'weights':
      return kernelWeights(kernel) / 1e6;
    case 'fused':
      return (kernel.fused * kernelWrites(kernel)) / 1e6;
    case 'tile-pointwise-macs':
      return kernel.kernel === 1 ? tileMacs(kernel) : 0;
    case 'tile-window-macs':
      return kernel.kernel > 1 ? tileMacs(kernel) : 0;
    case 'block-weights':
      return (kernel.kernel ** 2 * kernel.input * kernel.output) / 1e6;
    case 'inputs':
      return kernel.op === 'concat' || kernel.op === 'elementwise' ? kernel.kernel : 0;
  }
}
