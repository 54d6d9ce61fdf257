/** What each operation of a plan waits for: where its maps live, how they are laid out, how often they are read. */
import { trafficOf } from './cycles.js';
import type { NpuMachine } from './machine.js';
import type { ShapeOf } from './memo.js';
import type { NpuKind, NpuMap, NpuProgram } from './operation.js';
import type { ScheduledOperation } from './schedule.js';

/** Where a map of an operation is. */
export interface MapPlace {
  readonly memory: 'SRAM' | 'DRAM';
  readonly layout: 'bricks' | 'NHWC';
}

export interface ExplainedOperation {
  /** Id of the layer in its graph. */
  readonly layer: number;
  readonly kind: NpuKind;
  readonly us: number;
  /** What it waits for. */
  readonly bound: 'compute' | 'SRAM' | 'DRAM';
  readonly input: MapPlace;
  readonly output: MapPlace;
  /** Bytes read of the input, over the bytes of what is read of it. */
  readonly timesRead: number;
  /** Runs in stripes with its neighbours, so that the map between them is never whole. */
  readonly inStripes: boolean;
}

/** @param scheduled the plan of the program. */
export function explainPlan(
  { maps }: NpuProgram,
  scheduled: readonly ScheduledOperation[],
  machine: NpuMachine,
  shapeOf: ShapeOf,
): ExplainedOperation[] {
  return scheduled.map(({ operation, cycles, compute, fast, inputFast, outputFast, cascaded }) => {
    const [input, output] = [maps[operation.input] as NpuMap, maps[operation.output] as NpuMap];
    const place = (map: NpuMap, isFast: boolean): MapPlace => ({
      memory: isFast ? 'SRAM' : 'DRAM',
      layout: map.linear ? 'NHWC' : 'bricks',
    });
    const memory = { memory: machine.slow };
    const { block } = shapeOf(operation, operation.part ? input : operation.read, output);
    const places = {
      input: { ...memory, linear: input.linear },
      output: { ...memory, linear: output.linear },
    };
    const { height, width, channels } = operation.read;
    const wanted = height * width * (input.linear ? channels : Math.ceil(channels / 16) * 16);
    return {
      layer: operation.layer,
      kind: operation.kind,
      us: cycles / machine.cyclesPerUs,
      bound: cycles === compute ? 'compute' : cycles === fast ? 'SRAM' : 'DRAM',
      input: place(input, inputFast),
      output: place(output, outputFast),
      timesRead: trafficOf(operation, block, places).input / wanted,
      inStripes: cascaded,
    };
  });
}
