/** What the passes of a plan share: operations with their cascades, their shapes and where their maps are taken to be. */
import { type Cascade, cascadesOf, inputRows } from './cascade.js';
import type { NpuMachine } from './machine.js';
import type { OperationShape, ShapeOf } from './memo.js';
import type { Box, NpuMap, NpuOperation, NpuProgram } from './operation.js';
import { placeCode, placesCode } from './places.js';

export interface Plan {
  readonly program: NpuProgram;
  readonly machine: NpuMachine;
  /** Whether maps may have to live off the chip. */
  readonly spills: boolean;
  /** The cascade that each operation runs in. */
  readonly cascadeAt: readonly (Cascade | undefined)[];
  readonly shapes: readonly OperationShape[];
  /** When each operation runs: those of a cascade at the same time. */
  readonly times: readonly number[];
  /** Bytes of the fast memory that cascades take at each moment. */
  readonly rolling: readonly number[];
  /** Codes of where the maps of each operation are, as the compiler sees it while it plans: all where they are by default. */
  readonly planned: readonly number[];
  /** The same of where maps came to be. */
  placesAt(at: number, isFast: readonly boolean[], fastWeights: boolean): number;
}

export function createPlan(program: NpuProgram, machine: NpuMachine, shapeOf: ShapeOf): Plan {
  const { maps, operations } = program;
  const spills = Number.isFinite(machine.fastBytes);
  const cascades = spills ? cascadesOf(program, machine.fastBytes) : [];
  const cascadeAt = new Array<Cascade | undefined>(operations.length).fill(undefined);
  for (const cascade of cascades) for (let i = cascade.first; i <= cascade.last; i++) cascadeAt[i] = cascade;
  const times = timesOf(operations.length, cascades);
  const rolling = new Array<number>(2 * operations.length + 2).fill(0);
  for (const { first, bytes } of cascades) {
    const t = times[first] as number;
    for (const u of [t, t + 1]) rolling[u] = (rolling[u] as number) + bytes;
  }
  return {
    program,
    machine,
    spills,
    cascadeAt,
    times,
    rolling,
    shapes: operations.map((operation, at) => shapeAt(operation, at)),
    planned: operations.map(({ input, second, output }) =>
      placesCode(
        codeOf(maps, input, !spills),
        codeOf(maps, second, !spills),
        codeOf(maps, output, !spills),
        true,
      ),
    ),
    placesAt(at, isFast, fastWeights) {
      const { input, second, output } = operations[at] as NpuOperation;
      return placesCode(
        codeOf(maps, input, isFast[input] === true),
        codeOf(maps, second, second !== undefined && isFast[second] === true),
        codeOf(maps, output, isFast[output] === true),
        fastWeights,
      );
    },
  };

  function shapeAt(operation: NpuOperation, at: number): OperationShape {
    const input = inputBox(operation);
    const output = maps[operation.output] as NpuMap;
    const rows = cascadeAt[at]?.rows.get(at);
    if (rows === undefined || rows >= output.height) return shapeOf(operation, input, output);
    const { width, channels } = output;
    const taken = {
      height: inputRows(operation, rows, input.height),
      width: input.width,
      channels: input.channels,
    };
    return shapeOf(operation, taken, { height: rows, width, channels });
  }

  /** The whole map where channels are read in parts; what is read where an image is folded, or averaged in pieces. */
  function inputBox({ input, read, part }: NpuOperation): Box {
    return part ? (maps[input] as NpuMap) : read;
  }
}

function codeOf(maps: readonly NpuMap[], map: number | undefined, isFast: boolean): number {
  return map === undefined ? 0 : placeCode(maps[map] as NpuMap, isFast);
}

function timesOf(count: number, cascades: readonly Cascade[]): number[] {
  const times: number[] = [];
  let now = 0;
  let next = 0;
  for (let at = 0; at < count; at++) {
    const cascade = cascades[next];
    times.push(now);
    if (cascade && at >= cascade.first && at < cascade.last) continue;
    if (cascade && at === cascade.last) next++;
    now += 2;
  }
  return times;
}
