/**
 * The block of outputs that an operation computes at once. Its input and its sums have to fit into the 48 KiB of memory
 * next to the multipliers, twice; among those that fit, the one that reads least for each output is taken.
 */
import { InternalError } from '../../base/index.js';
import { divideUp, mostWindow, roundUp, unitChannels, unitHeight, unitWidth } from './machine.js';
import { type Box, type NpuOperation, values } from './operation.js';

const banks = 48;
const bankBytes = 1024;
/** For outputs, and for tables of activations. */
const outputBanks = 2;
const tableBanks = 2;
const inputGranule = 8;
const sumGranule = 16;
const largest: Box = { height: 32, width: 64, channels: 128 };
/** Outputs are split by as many channels. */
const splitChannels = 16;

export interface NpuBlock {
  readonly input: Box;
  readonly output: Box;
  /** Multiplies several taps of the window at once rather than channels. */
  readonly byTaps: boolean;
}

/** How an operation uses the memory next to the multipliers. */
type Use = 'sums' | 'one-map' | 'two-maps';

function fits(use: Use, input: Box, output: Box): boolean {
  const inputBytes = input.height * input.width * roundUp(input.channels, 8);
  const own = roundUp(divideUp(inputBytes, bankBytes) * 2, inputGranule);
  const free = banks - tableBanks - outputBanks - own;
  if (use === 'one-map') return free >= 0;
  if (use === 'two-maps') return free >= own;
  const sumBytes = output.height * output.width * roundUp(output.channels, 8) * 4;
  return free >= roundUp(divideUp(sumBytes, bankBytes) * 2, sumGranule);
}

/** Whether taps fill the multipliers better than channels do. */
function goesByTaps(channels: number, taps: number): boolean {
  if (channels <= 8) return true;
  const byChannels = channels / roundUp(channels, 32);
  return (channels * taps) / (roundUp(channels, 8) * roundUp(taps, 4)) > byChannels;
}

function useOf({ kind, second }: NpuOperation): Use {
  if (kind !== 'elementwise') return 'sums';
  return second === undefined ? 'one-map' : 'two-maps';
}

/**
 * @param input the whole map that is read, and `output` the one that is written, also where only a part of it is.
 */
export function chooseBlock(operation: NpuOperation, input: Box, output: Box): NpuBlock {
  const { kind, kernelHeight, kernelWidth, strideHeight, strideWidth, dilation } = operation;
  const use = useOf(operation);
  const areaHeight = (kernelHeight - 1) * dilation + 1;
  const areaWidth = (kernelWidth - 1) * dilation + 1;
  const isConvolution = kind === 'convolution' || kind === 'depthwise';
  const sameChannels = kind !== 'convolution' && kind !== 'product';
  const byTaps = isConvolution && goesByTaps(input.channels, kernelHeight * kernelWidth);
  const repeats = divideUp(areaWidth, mostWindow) * divideUp(areaHeight, mostWindow);
  const inputChannels = roundUp(Math.min(input.channels, byTaps ? 16 : 32), 8);
  const weightArea = isConvolution ? areaWidth * areaHeight : 0;
  const outputs = values(output);
  const space = {
    height: roundUp(Math.min(output.height, largest.height), unitHeight),
    width: roundUp(Math.min(output.width, largest.width), unitWidth),
    channels: roundUp(Math.min(output.channels, largest.channels), unitChannels),
  };
  let best: NpuBlock | undefined;
  let leastCost = Number.POSITIVE_INFINITY;
  let leastCoverage = Number.POSITIVE_INFINITY;
  const step = (channels: number) =>
    channels < output.channels ? roundUp(channels, splitChannels) : channels;
  let channels = step(Math.max(unitChannels, Math.min(space.channels, splitChannels)));
  for (; channels <= space.channels; channels = step(channels + unitChannels)) {
    const tooLarge = new Set<number>();
    for (let height = unitHeight; height <= space.height; height += unitHeight) {
      for (let width = unitWidth; width <= space.width; width += unitWidth) {
        // A block that does not fit does not fit lying on its side either.
        if (tooLarge.has(height * 256 + width)) continue;
        const from: Box = {
          height: roundUp((height - 1) * strideHeight + Math.min(areaHeight, mostWindow), unitHeight),
          width: roundUp((width - 1) * strideWidth + Math.min(areaWidth, mostWindow), unitWidth),
          channels: sameChannels ? channels : inputChannels,
        };
        const flat = output.height === 1 && kernelHeight === 1 ? Math.min(height, 1) : height;
        if (!fits(use, from, { height: flat, width, channels })) {
          tooLarge.add(width * 256 + height);
          continue;
        }
        const cost = costOf(flat, width, from);
        if (cost > leastCost) continue;
        if (cost === leastCost) {
          const coverage =
            (input.height * input.width) /
            (Math.min(input.height, from.height) * Math.min(input.width, from.width));
          if (coverage > leastCoverage || height > 4 || width > 4) continue;
          leastCoverage = coverage;
        } else {
          leastCoverage = Number.POSITIVE_INFINITY;
        }
        leastCost = cost;
        best = { input: from, output: { height, width, channels }, byTaps };
      }
    }
  }
  if (best === undefined) throw new InternalError('no block of an operation fits');
  return best;

  /** What is read for each output value. The order of the products decides between equal blocks. */
  function costOf(height: number, width: number, from: Box): number {
    const up = divideUp(output.height, height) * divideUp(output.width, width);
    const parts = output.channels / channels;
    let cost: number;
    if (kind === 'elementwise') {
      cost = Math.max(outputs / (height * width * channels), 1);
    } else {
      let weights = weightArea * input.channels * up;
      if (kind !== 'depthwise') weights *= channels * parts;
      let reads =
        from.height *
        from.width *
        input.channels *
        repeats *
        ((output.width / width) * (output.height / height));
      if (!sameChannels) reads *= divideUp(output.channels, channels);
      cost = (reads + weights) / outputs;
    }
    // Input that is held twice over need not be read again.
    return values(input) < values(from) * 2 ? cost / 2 : cost;
  }
}
