/** Prices whole graphs on one machine; remembers operations by shape. */
import type { AnyGraph } from '../../models/index.js';
import { compileGraph } from './compile.js';
import type { CompilerVariant } from './convolutions.js';
import { type ExplainedOperation, explainPlan } from './explain.js';
import { type NpuName, npuMachines } from './machine.js';
import { createShapeMemo } from './memo.js';
import type { NpuOperation } from './operation.js';
import { type ScheduledOperation, schedule } from './schedule.js';

export interface CompiledOperation {
  readonly operation: NpuOperation;
  readonly us: number;
  /** A convolution of a window beyond 1x1 whose time is that of the multipliers. */
  readonly isDense: boolean;
}

/** µs of a graph, in the two parts that are calibrated apart. */
export interface GraphUs {
  readonly denseUs: number;
  readonly restUs: number;
}

export interface NpuPricer {
  /** The operations of a graph in the order in which they run. */
  operations(graph: AnyGraph): CompiledOperation[];
  /** Their sum, for searches. */
  sum(graph: AnyGraph): GraphUs;
  /** The same operations with what each waits for. */
  explain(graph: AnyGraph): ExplainedOperation[];
}

function isDense({ operation, compute, cycles }: ScheduledOperation): boolean {
  return operation.kind === 'convolution' && operation.kernelHeight > 1 && compute === cycles;
}

export function createNpuPricer(name: NpuName, variant: CompilerVariant): NpuPricer {
  const machine = npuMachines[name];
  const shapeOf = createShapeMemo(machine);
  const planOf = (graph: AnyGraph) => schedule(compileGraph(graph, variant), machine, shapeOf);
  return {
    operations: (graph) =>
      planOf(graph).map((scheduled) => ({
        operation: scheduled.operation,
        us: scheduled.cycles / machine.cyclesPerUs,
        isDense: isDense(scheduled),
      })),
    sum(graph) {
      let denseUs = 0;
      let restUs = 0;
      for (const scheduled of planOf(graph)) {
        const us = scheduled.cycles / machine.cyclesPerUs;
        if (isDense(scheduled)) denseUs += us;
        else restUs += us;
      }
      return { denseUs, restUs };
    },
    explain(graph) {
      const program = compileGraph(graph, variant);
      return explainPlan(program, schedule(program, machine, shapeOf), machine, shapeOf);
    },
  };
}
