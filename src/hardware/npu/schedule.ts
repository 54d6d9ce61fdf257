/**
 * A network's operations with where their maps live, and what each takes: the second pass over the graph. plan.ts finds what
 * runs in stripes, fetch.ts how weights come, stay.ts which maps stay on the chip; here the times follow.
 */
import { type Fetch, planWeights } from './fetch.js';
import { divideUp, type NpuMachine } from './machine.js';
import { createShapeMemo, type OperationShape, type ShapeOf } from './memo.js';
import { type NpuOperation, type NpuProgram, values } from './operation.js';
import { createPlan } from './plan.js';
import { stayingMaps } from './stay.js';

export interface ScheduledOperation {
  readonly operation: NpuOperation;
  /** The largest of the next three: of the units, and of either memory. */
  readonly cycles: number;
  readonly compute: number;
  readonly fast: number;
  readonly slow: number;
  readonly inputFast: boolean;
  readonly outputFast: boolean;
  readonly cascaded: boolean;
}

export function schedule(
  program: NpuProgram,
  machine: NpuMachine,
  shapeOf: ShapeOf = createShapeMemo(machine),
): ScheduledOperation[] {
  const plan = createPlan(program, machine, shapeOf);
  const fetches = planWeights(plan);
  const fast = plan.spills ? stayingMaps(plan, fetches) : program.maps.map(() => true);
  const isFast = (map: number) => fast[map] as boolean;
  let slack = 0;
  return program.operations.map((operation, at) => {
    const fetch = fetches[at] as Fetch;
    const isBuffered = fetch.bytes > 0;
    const cascaded = plan.cascadeAt[at] !== undefined;
    const shape = plan.shapes[at] as OperationShape;
    const own = shape.cycles(plan.placesAt(at, fast, isBuffered));
    let { compute, fast: ownFast, slow } = own;
    if (isBuffered) compute = withWeights(fetch, own.compute, slack, cascaded);
    else slow += directCycles(operation, shape, machine);
    slack = fetch.tail;
    if (operation.fromCpu)
      [compute, ownFast, slow] = [0, 0, plan.spills ? moveCycles(operation, machine) : 0];
    return {
      operation,
      cycles: Math.max(compute, ownFast, slow),
      compute,
      fast: ownFast,
      slow,
      inputFast: isFast(operation.input),
      outputFast: isFast(operation.output),
      cascaded,
    };
  });
}

/** Cycles to move a map onto the chip, byte by byte. */
function moveCycles({ write }: NpuOperation, { slow }: NpuMachine): number {
  return values(write) / slow.bytesPerCycle + slow.readLatency;
}

/** Cycles of the units where weights come while the operation before runs, for `slack` cycles. */
function withWeights(fetch: Fetch, own: number, slack: number, cascaded: boolean): number {
  const { all, first, tail, isDouble } = fetch;
  if (isDouble) return Math.max(all - slack + tail, own + Math.max(first - slack, 0));
  return own + (cascaded ? -Math.min(first, slack) : all - Math.min(first, slack));
}

/** Cycles of weights that are read where they are stored, once for each row of blocks. */
function directCycles(
  { write }: NpuOperation,
  { block, weightBytes: bytes }: OperationShape,
  { slow }: NpuMachine,
): number {
  const again =
    divideUp(write.height, Math.min(write.height, block.output.height)) *
    divideUp(write.width, Math.min(write.width, block.output.width));
  return (bytes * again) / slow.bytesPerCycle;
}
