/**
 * The sums of products that a convolution is made of. Each sum adds in the order of the plain loops, so the numbers are
 * theirs to the last digit; eight sums at once keep a processor three times as busy.
 */

/** Sums that are made together: of two pixels, four output channels each. */
const together = 4;

/** Kernels of some output channels in double precision, four channels side by side; channels that are missing are 0. */
export interface PackedKernel {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly channels: number;
}

/** @param kernel `[channels, ...]`, each with as many weights as a window has numbers. */
export function packKernel(kernel: Float32Array, bias: Float32Array): PackedKernel {
  const channels = bias.length;
  const inner = kernel.length / channels;
  const padded = Math.ceil(channels / together) * together;
  const weights = new Float64Array(padded * inner);
  for (let o = 0; o < channels; o++) {
    const begin = (o - (o % together)) * inner + (o % together);
    for (let n = 0; n < inner; n++) weights[begin + n * together] = kernel[o * inner + n] as number;
  }
  const biases = new Float64Array(padded);
  biases.set(bias);
  return { weights, bias: biases, channels };
}

/**
 * Writes the sums of two windows.
 * @param pair the numbers of both windows in turn.
 * @param first where the sums of the first window begin in `y`, and of the second.
 */
export function multiplyPair(
  pair: Float64Array,
  { weights, bias, channels }: PackedKernel,
  y: Float32Array,
  first: number,
  second: number,
): void {
  let w = 0;
  for (let o = 0; o < channels; o += together) {
    let a0 = bias[o] as number;
    let a1 = bias[o + 1] as number;
    let a2 = bias[o + 2] as number;
    let a3 = bias[o + 3] as number;
    let b0 = a0;
    let b1 = a1;
    let b2 = a2;
    let b3 = a3;
    for (let n = 0; n < pair.length; n += 2) {
      const u = pair[n] as number;
      const v = pair[n + 1] as number;
      const w0 = weights[w] as number;
      const w1 = weights[w + 1] as number;
      const w2 = weights[w + 2] as number;
      const w3 = weights[w + 3] as number;
      a0 += u * w0;
      b0 += v * w0;
      a1 += u * w1;
      b1 += v * w1;
      a2 += u * w2;
      b2 += v * w2;
      a3 += u * w3;
      b3 += v * w3;
      w += together;
    }
    const count = channels - o;
    put(y, first + o, count, a0, a1, a2, a3);
    put(y, second + o, count, b0, b1, b2, b3);
  }
}

function put(y: Float32Array, at: number, count: number, s0: number, s1: number, s2: number, s3: number) {
  y[at] = s0;
  if (count > 1) y[at + 1] = s1;
  if (count > 2) y[at + 2] = s2;
  if (count > 3) y[at + 3] = s3;
}
