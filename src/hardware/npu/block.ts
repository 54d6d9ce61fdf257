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
/** Heights and widths of blocks are below it. */
const tooLargeRow = 65;
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

/** @param inputBytes of a block of input, and `sumBytes` of its sums. */
function fits(use: Use, inputBytes: number, sumBytes: number): boolean {
  const own = roundUp(divideUp(inputBytes, bankBytes) * 2, inputGranule);
  const free = banks - tableBanks - outputBanks - own;
  if (use === 'one-map') return free >= 0;
  if (use === 'two-maps') return free >= own;
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

/** Input that a block of so many outputs reads along one axis. */
function reach(outputs: number, stride: number, area: number, unit: number): number {
  return roundUp((outputs - 1) * stride + Math.min(area, mostWindow), unit);
}

/**
 * Tries thousands of blocks for each new shape, so that it counts in numbers and makes no object but the block it finds.
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
  const inputs = values(input);
  const space = {
    height: roundUp(Math.min(output.height, largest.height), unitHeight),
    width: roundUp(Math.min(output.width, largest.width), unitWidth),
    channels: roundUp(Math.min(output.channels, largest.channels), unitChannels),
  };
  const tooLarge = new Uint8Array(tooLargeRow * tooLargeRow);
  let found = false;
  let [bestHeight, bestWidth, bestChannels] = [0, 0, 0];
  let leastCost = Number.POSITIVE_INFINITY;
  let leastCoverage = Number.POSITIVE_INFINITY;
  const step = (channels: number) =>
    channels < output.channels ? roundUp(channels, splitChannels) : channels;
  let channels = step(Math.max(unitChannels, Math.min(space.channels, splitChannels)));
  for (; channels <= space.channels; channels = step(channels + unitChannels)) {
    tooLarge.fill(0);
    const fromChannels = sameChannels ? channels : inputChannels;
    const parts = output.channels / channels;
    for (let height = unitHeight; height <= space.height; height += unitHeight) {
      const fromHeight = reach(height, strideHeight, areaHeight, unitHeight);
      const flat = output.height === 1 && kernelHeight === 1 ? Math.min(height, 1) : height;
      for (let width = unitWidth; width <= space.width; width += unitWidth) {
        // A block that does not fit does not fit lying on its side either.
        if (tooLarge[height * tooLargeRow + width] === 1) continue;
        const fromWidth = reach(width, strideWidth, areaWidth, unitWidth);
        const inputBytes = fromHeight * fromWidth * roundUp(fromChannels, 8);
        if (!fits(use, inputBytes, flat * width * roundUp(channels, 8) * 4)) {
          tooLarge[width * tooLargeRow + height] = 1;
          continue;
        }
        const cost = costOf(flat, width, parts, fromHeight, fromWidth, fromChannels);
        if (cost > leastCost) continue;
        if (cost === leastCost) {
          const coverage =
            (input.height * input.width) /
            (Math.min(input.height, fromHeight) * Math.min(input.width, fromWidth));
          if (coverage > leastCoverage || height > 4 || width > 4) continue;
          leastCoverage = coverage;
        } else {
          leastCoverage = Number.POSITIVE_INFINITY;
        }
        leastCost = cost;
        found = true;
        [bestHeight, bestWidth, bestChannels] = [height, width, channels];
      }
    }
  }
  if (!found) throw new InternalError('no block of an operation fits');
  return {
    input: {
      height: reach(bestHeight, strideHeight, areaHeight, unitHeight),
      width: reach(bestWidth, strideWidth, areaWidth, unitWidth),
      channels: sameChannels ? bestChannels : inputChannels,
    },
    output: { height: bestHeight, width: bestWidth, channels: bestChannels },
    byTaps,
  };

  /** What is read for each output value. The order of the products decides between equal blocks. */
  function costOf(
    height: number,
    width: number,
    parts: number,
    fromHeight: number,
    fromWidth: number,
    fromChannels: number,
  ): number {
    let cost: number;
    if (kind === 'elementwise') {
      cost = Math.max(outputs / (height * width * channels), 1);
    } else {
      const up = divideUp(output.height, height) * divideUp(output.width, width);
      let weights = weightArea * input.channels * up;
      if (kind !== 'depthwise') weights *= channels * parts;
      let reads =
        fromHeight *
        fromWidth *
        input.channels *
        repeats *
        ((output.width / width) * (output.height / height));
      if (!sameChannels) reads *= divideUp(output.channels, channels);
      cost = (reads + weights) / outputs;
    }
    // Input that is held twice over need not be read again.
    return inputs < fromHeight * fromWidth * fromChannels * 2 ? cost / 2 : cost;
  }
}
