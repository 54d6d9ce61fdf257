/** Remembers what operations of a shape cost: a search prices the same shapes hundreds of thousands of times. */
import { chooseBlock, type NpuBlock } from './block.js';
import { computeCycles, memoryCycles, type Places } from './cycles.js';
import type { NpuMachine } from './machine.js';
import type { Box, NpuOperation } from './operation.js';
import { weightBytes } from './weights.js';

export interface OperationCycles {
  /** Of the compute units, and of either memory for the maps. */
  readonly compute: number;
  readonly fast: number;
  readonly slow: number;
}

/** All operations of one shape. */
export interface OperationShape {
  readonly block: NpuBlock;
  readonly weightBytes: number;
  cycles(places: Places): OperationCycles;
  /** Cycles of the compute units for a part of the output's channels. */
  partCycles(channels: number, places: Places): number;
}

/** Where maps live and how they are laid out, as a number. */
function codeOf({ input, second, output, weights }: Places, { fast }: NpuMachine): number {
  const code = (place: Places['input'] | undefined) =>
    place === undefined ? 0 : 1 + (place.memory === fast ? 1 : 0) + (place.linear ? 2 : 0);
  return ((code(input) * 8 + code(second)) * 8 + code(output)) * 2 + (weights === fast ? 1 : 0);
}

function createShape(operation: NpuOperation, input: Box, output: Box, machine: NpuMachine): OperationShape {
  const block = chooseBlock(operation, input, output);
  const known = new Map<number, OperationCycles>();
  const parts = new Map<number, number>();
  return {
    block,
    weightBytes: weightBytes(operation),
    cycles(places) {
      const code = codeOf(places, machine);
      let cycles = known.get(code);
      if (cycles === undefined) {
        const moved = memoryCycles(operation, block, places, machine);
        cycles = { compute: computeCycles(operation, block, places), ...moved };
        known.set(code, cycles);
      }
      return cycles;
    },
    partCycles(channels, places) {
      const code = channels * 4096 + codeOf(places, machine);
      let cycles = parts.get(code);
      if (cycles === undefined) {
        const part = { ...operation, write: { ...operation.write, channels } };
        cycles = computeCycles(part, block, places);
        parts.set(code, cycles);
      }
      return cycles;
    },
  };
}

/** What an operation costs, by all that its cost depends on besides where its maps live. */
export type ShapeOf = (operation: NpuOperation, input: Box, output: Box) => OperationShape;

export function createShapeMemo(machine: NpuMachine): ShapeOf {
  const shapes = new Map<string, OperationShape>();
  return (operation, input, output) => {
    const { kind, unit, activation, second, read, write } = operation;
    const window = `${operation.kernelHeight},${operation.kernelWidth},${operation.strideHeight},${operation.strideWidth},${operation.dilation},${operation.outputBytes}`;
    const key = `${kind}${unit}${activation}${second === undefined ? '' : 2} ${input.height},${input.width},${input.channels} ${output.height},${output.width},${output.channels} ${read.height},${read.width},${read.channels} ${write.height},${write.width},${write.channels} ${window}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = createShape(operation, input, output, machine)));
    return shape;
  };
}
