/** What the boosted trees see of a device kernel: logarithms of amounts that decide how a GPU divides the work. */
import { type Kernel, kernelMacs, kernelReads, kernelWeights, kernelWrites } from '../kernel.js';
import { depthQuads, padded, quads } from '../predict/index.js';

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
  // Threads of 2 x 2 pixels, whose rows are filled up to groups of eight: GPUs slow down in steps of these.
  const half = Math.ceil(kernel.size / 2);
  const row = new Float64Array(15);
  row[0] = Math.log(kernel.size);
  row[1] = Math.log(kernel.input / kernel.groups);
  row[2] = Math.log(kernel.output);
  row[3] = Math.log(pixels * depth);
  row[4] = Math.log(serial * kernel.kernel ** 2);
  row[5] = Math.log(kernelMacs(whole));
  row[6] = Math.log(Math.max(1, kernelWeights(whole)));
  row[7] = Math.log(kernelReads(whole) - whole.fused * kernelWrites(whole));
  row[8] = Math.log(kernelWrites(whole));
  row[9] = Math.log(blocks(kernel.size, depth));
  row[10] = Math.log(depth);
  row[11] = Math.log(kernel.kernel);
  row[12] = kernel.stride;
  row[13] = kernel.op === 'small-conv' ? 1 : kernel.op === 'grouped' ? -1 : 0;
  row[14] = Math.log(8 * Math.ceil(half / 8) * half * depth);
  return row;
}
