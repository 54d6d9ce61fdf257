/** What the boosted trees see of a kernel: logarithms of amounts that decide how a GPU divides the work. */
import { type Kernel, kernelMacs, kernelReads, kernelWeights, kernelWrites } from '../kernel.js';
import { depthQuads, padded, quads } from '../terms.js';

/** Work items of a runtime that gives each one a block of 2 x 2 pixels and 2 quads of channels. */
function blocks(size: number, depth: number): number {
  return Math.ceil(size / 2) ** 2 * Math.ceil(depth / 2);
}

/** One row for the trees. Channels are counted in quads, as the device stores them. */
export function kernelFeatures(kernel: Kernel): Float64Array {
  const whole = padded(kernel);
  const depth = quads(kernel.output);
  const serial = depthQuads(kernel);
  const pixels = kernel.size ** 2;
  const logs = [
    kernel.size,
    kernel.input / kernel.groups,
    kernel.output,
    pixels * depth,
    serial * kernel.kernel ** 2,
    kernelMacs(whole),
    Math.max(1, kernelWeights(whole)),
    kernelReads({ ...whole, fused: 0 }),
    kernelWrites(whole),
    blocks(kernel.size, depth),
    depth,
    kernel.kernel,
  ];
  return Float64Array.from([...logs.map(Math.log), kernel.stride]);
}
