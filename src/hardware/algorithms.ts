/**
 * Which device kernel a runtime gives a convolution to, where its shape alone decides. TFLite's GPU delegate has
 * two such rules (`IsSuitableForWinograd4x4To6x6` and `IsConvConstantsSupported` in its sources); on the 3,543
 * convolutions of the measured networks they agree with every kernel that ran.
 */
import type { Kernel } from './kernel.js';
import type { MappingRules } from './profile/index.js';

/** Weights in constant memory are stored as half floats, whole quads of outputs. */
const bytesPerWeight = 2;
/** Pixels of a Winograd tile along each side. */
const tile = 4;

const quads = (channels: number) => Math.ceil(channels / 4);

/** The class of a convolution of one group. */
export function convolutionAs(
  { winograd, smallConv }: MappingRules,
  size: number,
  input: number,
  output: number,
  window: number,
  stride: number,
  dilation: number,
): 'conv' | 'winograd' | 'small-conv' {
  if (winograd !== undefined && window === 3 && stride === 1 && dilation === 1) {
    const tiles = Math.ceil(size / tile) ** 2;
    const narrowest = Math.min(quads(input), quads(output));
    if (tiles >= winograd.leastTiles && narrowest >= winograd.leastQuads) return 'winograd';
  }
  if (smallConv !== undefined && quads(output) <= smallConv.mostQuads && dilation === 1) {
    const bytes = window * window * input * 4 * quads(output) * bytesPerWeight;
    if (bytes <= smallConv.mostBytes) return 'small-conv';
  }
  return 'conv';
}

/** The device kernel as it is launched under these rules: the same, or of the class that its shape calls for. */
export function launchedAs(kernel: Kernel, rules: MappingRules): Kernel {
  if (kernel.op !== 'conv') return kernel;
  const { size, input, output, kernel: window, stride, dilation } = kernel;
  const op = convolutionAs(rules, size, input, output, window, stride, dilation);
  return op === 'conv' ? kernel : { ...kernel, op };
}

/** The smallest convolution that is at least as large in every dimension and runs as Winograd. */
export function nearestWinograd(
  kernel: Kernel,
  { leastQuads, leastTiles }: NonNullable<MappingRules['winograd']>,
): Kernel {
  const leastSize = tile * (Math.ceil(Math.sqrt(leastTiles)) - 1) + 1;
  const least = 4 * (leastQuads - 1) + 1;
  return {
    ...kernel,
    op: 'winograd',
    size: Math.max(kernel.size, leastSize),
    input: Math.max(kernel.input, least),
    output: Math.max(kernel.output, least),
    kernel: 3,
  };
}
