/** Remembers what operations of a shape cost: a search prices the same shapes hundreds of thousands of times. */
import { chooseBlock, type NpuBlock } from './block.js';
import { computeCycles, memoryCycles, type Traffic, trafficOf } from './cycles.js';
import type { NpuMachine } from './machine.js';
import type { Box, NpuOperation } from './operation.js';
import { placesCodes, placesOf } from './places.js';
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
  /** @param places a code, see `placesCode`; so with the next two. */
  cycles(places: number): OperationCycles;
  /** Cycles of the compute units for a part of the output's channels. */
  partCycles(channels: number, places: number): number;
  /** Bytes that an operation of this shape moves. */
  traffic(places: number): Traffic;
}

class RememberedShape implements OperationShape {
  readonly block: NpuBlock;
  readonly weightBytes: number;
  readonly #known = new Map<number, OperationCycles>();
  readonly #parts = new Map<number, number>();
  readonly #traffic = new Map<number, Traffic>();

  constructor(
    private readonly operation: NpuOperation,
    input: Box,
    output: Box,
    private readonly machine: NpuMachine,
  ) {
    this.block = chooseBlock(operation, input, output);
    this.weightBytes = weightBytes(operation);
  }

  cycles(places: number): OperationCycles {
    let cycles = this.#known.get(places);
    if (cycles === undefined) {
      const { operation, block, machine } = this;
      const at = placesOf(places, machine);
      const { fast, slow } = memoryCycles(operation, block, at, machine);
      cycles = { compute: computeCycles(operation, block, at), fast, slow };
      this.#known.set(places, cycles);
    }
    return cycles;
  }

  partCycles(channels: number, places: number): number {
    const code = channels * placesCodes + places;
    let cycles = this.#parts.get(code);
    if (cycles === undefined) {
      const { operation, block, machine } = this;
      const part = { ...operation, write: { ...operation.write, channels } };
      cycles = computeCycles(part, block, placesOf(places, machine));
      this.#parts.set(code, cycles);
    }
    return cycles;
  }

  traffic(places: number): Traffic {
    let traffic = this.#traffic.get(places);
    if (traffic === undefined) {
      traffic = trafficOf(this.operation, this.block, placesOf(places, this.machine));
      this.#traffic.set(places, traffic);
    }
    return traffic;
  }
}

/** What an operation costs, by all that its cost depends on besides where its maps live. */
export type ShapeOf = (operation: NpuOperation, input: Box, output: Box) => OperationShape;

const numbers = 20;
const kinds = { convolution: 0, depthwise: 1, product: 2, copy: 3, elementwise: 4 } as const;
const units = { multiply: 0, add: 1, other: 2 } as const;
const tables = { none: 0, relu: 1, table: 2 } as const;

/** Shapes whose hashes are equal. */
interface Link {
  readonly key: Int32Array;
  readonly shape: OperationShape;
  readonly next: Link | undefined;
}

export function createShapeMemo(machine: NpuMachine): ShapeOf {
  const shapes = new Map<number, Link>();
  const key = new Int32Array(numbers);
  return (operation, input, output) => {
    const hash = writeKey(key, operation, input, output);
    const first = shapes.get(hash);
    let link = first;
    while (link !== undefined && !same(link.key, key)) link = link.next;
    if (link === undefined) {
      // What is remembered must not change with the operation that was first: its activation may still be merged.
      const shape = new RememberedShape({ ...operation }, input, output, machine);
      link = { key: key.slice(), shape, next: first };
      shapes.set(hash, link);
    }
    return link.shape;
  };
}

function same(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < numbers; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Writes all that a cost depends on as numbers; returns their hash. */
function writeKey(key: Int32Array, operation: NpuOperation, input: Box, output: Box): number {
  const { read, write } = operation;
  key[0] = (kinds[operation.kind] * 4 + units[operation.unit]) * 4 + tables[operation.activation];
  key[1] = operation.second === undefined ? 0 : 1;
  key[2] = input.height;
  key[3] = input.width;
  key[4] = input.channels;
  key[5] = output.height;
  key[6] = output.width;
  key[7] = output.channels;
  key[8] = read.height;
  key[9] = read.width;
  key[10] = read.channels;
  key[11] = write.height;
  key[12] = write.width;
  key[13] = write.channels;
  key[14] = operation.kernelHeight;
  key[15] = operation.kernelWidth;
  key[16] = operation.strideHeight;
  key[17] = operation.strideWidth;
  key[18] = operation.dilation;
  key[19] = operation.outputBytes;
  let hash = 17;
  for (let i = 0; i < numbers; i++) hash = (Math.imul(hash, 31) + (key[i] as number)) | 0;
  return hash;
}
