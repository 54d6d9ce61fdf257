/** What several fields say of themselves in the JSON Schemas. docs/network-format.md has the whole. */
import { batchNormEpsilon, batchNormMomentum } from '../norms.js';

/** The name of batch norm, with its constants. */
export const normText = `batch norm (epsilon ${batchNormEpsilon}, momentum ${batchNormMomentum})`;

/** Where the pixels of a window lie. */
export const paddingText =
  'SAME padding with zeros: the output has ceil(size / stride) pixels a side, padding is max((output - 1) x stride + (kernel - 1) x dilation + 1 - size, 0) in all, half of it, rounded down, before the first pixel.';

export const activationText =
  '`linear` is none, `relu6` min(max(x, 0), 6), `swish` x * sigmoid(x), `hsigmoid` relu6(x + 3) / 6, `hswish` x * relu6(x + 3) / 6.';

/** Of blocks with a residual. */
export const residualText =
  'Output channels. Where `stride` is 1 and `out` equals the input channels, the input of the block is added at the very end, after the last batch norm, with no activation behind it.';

/** How published networks round: see `roundChannels`. */
export const roundText = (multiple: number): string =>
  `rounded to the nearest multiple of ${multiple} (halves up, at least ${multiple}), and up by ${multiple} more where that is below nine tenths of the product`;

/** What MobileNetV3 and GhostNet have for squeeze-and-excitation. */
export const hardSqueezeText =
  'ReLU between its two 1x1 convolutions with biases, a hard sigmoid at the gate';
