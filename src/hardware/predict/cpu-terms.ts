/**
 * What decides the time of a device kernel on a CPU. Convolutions are matrix products over gathered pixels
 * (TFLite's XNNPACK: no Winograd, no copy of patches), depthwise ones walk the window tap by tap, fully connected
 * layers wait for their weights, and the rest moves numbers. Each term grows with every dimension.
 */
import { isDeep, type Kernel, kernelMacs, kernelWeights, kernelWrites } from '../kernel.js';
import type { CpuTermName } from '../profile/index.js';

/** Channels that one step of the innermost loop runs over, however few there are. */
const leastDepth = 8;

/** Weights that are streamed again for every tile of pixels once they are more than a cache holds. */
const caches = { 'spill-32k': 2 ** 15, 'spill-128k': 2 ** 17, 'spill-512k': 2 ** 19, 'spill-2m': 2 ** 21 };

/** Channels of one group that a kernel sums over. */
const depth = ({ op, input, groups }: Kernel) => (isDeep(op) ? input / groups : 1);

/**
 * A device kernel's amount of one term: millions of multiplications or numbers, or a count.
 * @param kernel with its channels in whole quads.
 */
export function cpuTermValue(name: CpuTermName, kernel: Kernel): number {
  const { op, size, output, kernel: window, stride, groups } = kernel;
  const macs = () => kernelMacs(kernel) / 1e6;
  const taps = size * size * window * window;
  switch (name) {
    case 'spill-32k':
    case 'spill-128k':
    case 'spill-512k':
    case 'spill-2m': {
      const weights = kernelWeights(kernel);
      return weights > caches[name] ? macs() * (1 - caches[name] / weights) : 0;
    }
    case 'deep-macs':
      return macs() * Math.max(1, leastDepth / depth(kernel));
    case 'octet-macs':
      return (macs() * 8 * Math.ceil(depth(kernel) / 8)) / depth(kernel);
    case 'window-macs':
      return window > 1 ? macs() : 0;
    case 'wide-macs':
      return window > 3 ? macs() : 0;
    case 'widest-macs':
      return window > 5 ? macs() : 0;
    case 'strided-macs':
      return stride > 1 ? macs() : 0;
    case 'gathers':
      return window > 1 ? (taps * (isDeep(op) ? groups : 1)) / 1e6 : 0;
    case 'patches':
      return window > 1 ? (taps * kernel.input) / 1e6 : 0;
    case 'steps':
      return window > 1 || op === 'grouped' ? (taps * output) / 1e6 : 0;
    case 'map':
      return size > 1 ? 1 : 0;
    case 'unary':
      return size > 1 && window === 1 ? kernelWrites(kernel) / 1e6 : 0;
    case 'binary':
      return size > 1 && window > 1 ? kernelWrites(kernel) / 1e6 : 0;
  }
}
