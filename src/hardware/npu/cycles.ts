/**
 * What an operation costs, once it is known where its maps live and how they are laid out: the multipliers work block by
 * block while each memory moves its own part, and the slowest of the three decides.
 */
import type { NpuBlock } from './block.js';
import {
  activationCycles,
  brickChannels,
  divideUp,
  mostWindow,
  type NpuMachine,
  type NpuMemory,
  outputCycles,
  roundUp,
  unitChannels,
  unitHeight,
  unitWidth,
} from './machine.js';
import { type Box, type NpuOperation, values } from './operation.js';

/** Where a map lives and how it is laid out. */
export interface Place {
  readonly memory: NpuMemory;
  readonly linear: boolean;
}

export interface Places {
  readonly input: Place;
  readonly second?: Place | undefined;
  readonly output: Place;
  /** Where the multipliers find the weights. */
  readonly weights: NpuMemory;
}

/** Bytes moved, weights apart. */
export interface Traffic {
  readonly input: number;
  readonly second: number;
  readonly output: number;
}

const least = (a: Box, b: Box): Box => ({
  height: Math.min(a.height, b.height),
  width: Math.min(a.width, b.width),
  channels: Math.min(a.channels, b.channels),
});
const padded = (channels: number, linear: boolean) => (linear ? channels : roundUp(channels, brickChannels));

/** Bytes that the memory moves for so many that are wanted: it moves whole bursts. */
function moved({ memory, linear }: Place, isRead: boolean, block: Box, width: number, bytes: number): number {
  let run: number;
  if (!linear) {
    run = (brickChannels * width === block.channels ? block.channels : brickChannels) * block.width;
  } else if (isRead) {
    run = block.channels === 1 ? block.width : block.channels;
  } else {
    run = Math.min(64, brickChannels, block.channels);
  }
  return bytes * (memory.burstBytes / Math.min(memory.burstBytes, run));
}

/** Cycles to fetch the first block and to write the last one. */
function edgeCycles({ read, write }: NpuOperation, block: NpuBlock, { input, output }: Places): number {
  const fetched = moved(input, true, block.input, read.width, values(least(read, block.input)));
  const written = moved(output, false, block.output, write.width, values(least(write, block.output)));
  return (
    input.memory.readLatency +
    fetched / input.memory.bytesPerCycle +
    output.memory.writeLatency +
    written / output.memory.bytesPerCycle
  );
}

/** The window in the parts that the multipliers take at once. */
function windowParts(height: number, width: number): number[] {
  const split = (size: number) =>
    Array.from({ length: divideUp(size, mostWindow) }, (_, i) => Math.min(size - i * mostWindow, mostWindow));
  return split(height).flatMap((rows) => split(width).map((columns) => rows * columns));
}

/** Cycles of the multipliers for one block. */
function multiplyCycles(operation: NpuOperation, block: NpuBlock, output: Box): number {
  const { kind, read, write, kernelHeight, kernelWidth } = operation;
  // One row of an even width is computed four pixels at once.
  const flat = write.height === 1 && write.width % 2 === 0 && kernelHeight === 1 && kind !== 'copy';
  const columns = divideUp(output.width, flat ? 4 : unitWidth);
  const rows = flat ? 1 : divideUp(output.height, unitHeight);
  const area = columns * rows;
  const depth = divideUp(output.channels, unitChannels);
  const channels = Math.min(read.channels, block.input.channels);
  const bricks = kind === 'convolution' && block.byTaps ? divideUp(channels, 8) : 1;
  /** Cycles for one step: weights take 32 to arrive. */
  const step = Math.max(32, 4 * area);
  let cycles = 0;
  for (const taps of windowParts(kernelHeight, kernelWidth)) {
    if (kind === 'copy') {
      cycles += Math.max(4, taps) * area * depth;
      if (area === 1 && depth === 1) cycles += 2;
      continue;
    }
    const steps = kind === 'depthwise' || (kind === 'convolution' && block.byTaps) ? divideUp(taps, 4) : taps;
    cycles += step * steps * depth * bricks;
    // Sums of a single piece wait for each other.
    if (area === 1) cycles += (depth === 1 ? 2 * steps : 2 * (steps - 1) * depth) * bricks;
  }
  const deep = kind === 'convolution' || kind === 'product';
  return deep ? cycles * divideUp(read.channels, channels) : cycles;
}

/** Cycles of the units that finish an output value. */
function cyclesPerValue(operation: NpuOperation, block: NpuBlock, places: Places): number {
  const own = Math.max(outputCycles[operation.unit], activationCycles[operation.activation]);
  if (operation.kind !== 'elementwise') return own;
  const count = values(block.output);
  return Math.max(own, (edgeCycles(operation, block, places) + own * count) / 4 / count);
}

/** Cycles of the compute units. */
export function computeCycles(operation: NpuOperation, block: NpuBlock, places: Places): number {
  const { kind, write } = operation;
  const perValue = cyclesPerValue(operation, block, places);
  if (kind === 'elementwise') {
    const { height, width, channels } = write;
    return Math.ceil(perValue * height * width * padded(channels, places.output.linear));
  }
  const output = least(write, block.output);
  const flat = write.height === 1 && operation.kernelHeight === 1 && write.width % 2 === 0 && kind !== 'copy';
  const piece = flat ? { ...output, height: 1 } : output;
  let multiply = multiplyCycles(operation, block, piece);
  let finish = Math.ceil(perValue * values(piece));
  if (kind !== 'copy') {
    finish = Math.max(finish, (10 * piece.channels * places.weights.readLatency) / 256);
  }
  // Four commands are under way at a time.
  const command = (edgeCycles(operation, block, places) + finish + multiply) / 4;
  multiply = Math.max(multiply, command);
  finish = Math.max(finish, command);
  const blocks =
    divideUp(write.height, piece.height) *
    divideUp(write.width, piece.width) *
    divideUp(write.channels, piece.channels);
  return Math.floor(multiply > finish ? multiply * blocks + finish : finish * blocks + multiply);
}

/** Bytes that are read and written. A window beyond 8 is made of parts that each read the map; overlaps are read twice. */
export function trafficOf(
  operation: NpuOperation,
  block: NpuBlock,
  { input, output }: Pick<Places, 'input' | 'output'>,
): Traffic {
  const { kind, read, write, kernelHeight, kernelWidth, outputBytes } = operation;
  const written = write.height * write.width * padded(write.channels, output.linear) * outputBytes;
  if (kind === 'elementwise') {
    const bytes = write.height * write.width * padded(write.channels, input.linear);
    return { input: bytes, second: operation.second === undefined ? 0 : bytes, output: written };
  }
  const from = least(read, block.input);
  const to = least(write, block.output);
  const windows =
    kind === 'product' ? 1 : divideUp(kernelHeight, mostWindow) * divideUp(kernelWidth, mostWindow);
  const blocks = divideUp(write.height, to.height) * divideUp(write.width, to.width);
  const again = kind === 'convolution' || kind === 'product' ? divideUp(write.channels, to.channels) : 1;
  const bytes = from.height * from.width * padded(read.channels, input.linear) * windows * blocks * again;
  return { input: bytes, second: 0, output: written };
}

/** Cycles that each memory needs for the maps. */
export function memoryCycles(operation: NpuOperation, block: NpuBlock, places: Places, machine: NpuMachine) {
  const traffic = trafficOf(operation, block, places);
  let [fast, slow] = [0, 0];
  const add = (place: Place, isRead: boolean, box: Box, width: number, bytes: number) => {
    const all = moved(place, isRead, box, width, bytes);
    if (place.memory === machine.fast) fast += all;
    else slow += all;
  };
  add(places.output, false, block.output, operation.write.width, traffic.output);
  add(places.input, true, block.input, operation.read.width, traffic.input);
  if (places.second) add(places.second, true, block.input, operation.read.width, traffic.second);
  return { fast: fast / machine.fast.bytesPerCycle, slow: slow / machine.slow.bytesPerCycle };
}
